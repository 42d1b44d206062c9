"""A denoiser of random weights in PyTorch on a GPU, for benchmarks/gpu.ts: a line of JSON for each way and batch.

    python gpu.py CONFIG SIZE TOKENS BATCHES SECONDS

Ways are float32 (TF32 off), tf32, bfloat16 and float16, the last three with channels last, and each also replayed as a
CUDA graph, which leaves out what launching costs. Needs torch with CUDA, and diffusers.
"""

import json
import sys
import time

import diffusers
import torch

config = json.load(open(sys.argv[1]))
size, tokens = int(sys.argv[2]), int(sys.argv[3])
batches = [int(batch) for batch in sys.argv[4].split(",")]
seconds = float(sys.argv[5])
torch.set_grad_enabled(False)
torch.backends.cudnn.benchmark = True
network = getattr(diffusers, config.get("_class_name", "UNet2DModel")).from_config(config).eval().cuda()


def inputs(batch, dtype):
    channels = network.config.in_channels
    x = torch.randn(batch, channels, size, size, device="cuda", dtype=dtype)
    given = {"sample": x.to(memory_format=torch.channels_last), "timestep": torch.full((batch,), 400, device="cuda")}
    if "cross_attention_dim" in network.config:
        width = network.config.cross_attention_dim
        given["encoder_hidden_states"] = torch.randn(batch, tokens, width, device="cuda", dtype=dtype)
    if network.config.get("num_class_embeds"):
        given["class_labels"] = torch.ones(batch, device="cuda", dtype=torch.long)
    return given


def median_ms(work):
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[len(times) // 2]


def replayed(work):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


for way, dtype in [("float32", torch.float32), ("tf32", torch.float32), ("bfloat16", torch.bfloat16), ("float16", torch.float16)]:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = way == "tf32"
    network.to(dtype=dtype, memory_format=torch.channels_last)
    for batch in batches:
        given = inputs(batch, dtype)
        work = lambda: network(**given)
        for _ in range(3):
            work()
        print(json.dumps({"way": way, "batch": batch, "ms": median_ms(work) / batch}), flush=True)
        try:
            graph = replayed(work)
            print(json.dumps({"way": way + ", CUDA graph", "batch": batch, "ms": median_ms(graph) / batch}), flush=True)
        except Exception as error:
            print(json.dumps({"way": way + ", CUDA graph", "batch": batch, "failed": str(error)[:200]}), flush=True)
