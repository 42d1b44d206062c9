"""A pipeline of latents in PyTorch, float32, for benchmarks/latent.ts: one line of JSON for each line that comes in.

    python latent.py FOLDER SIZE THREADS

The networks are made from the configs in FOLDER, with random weights: how fast they are does not depend on them. Each
is measured with its maps in both orders, channels first and last, and keeps the faster. Needs torch, diffusers,
transformers.
"""

import json
import os
import resource
import sys
import time

import diffusers
import torch
import transformers

folder, size, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)


def config_of(part):
    path = os.path.join(folder, part, "config.json")
    return json.load(open(path)) if os.path.exists(path) else None


def network(part):
    config = config_of(part)
    return config and getattr(diffusers, config["_class_name"]).from_config(config).eval()


def clock(work):
    start, before = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - start, "processor": time.process_time() - before}


def in_best_order(net, work):
    """The order in which one call takes less, after one to warm up."""
    times = {}
    for order in (torch.contiguous_format, torch.channels_last):
        net.to(memory_format=order)
        work()
        times[order] = clock(work)["processor"]
    best = min(times, key=times.get)
    net.to(memory_format=best)
    return str(best).removeprefix("torch.")


def answer(**line):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**line, "peak": peak}), flush=True)


unet, coder = network("unet"), network("vae") or network("vqvae")
levels = coder.config.get("block_out_channels") or coder.config.encoder_block_out_channels
image = torch.rand(1, coder.config.in_channels, size, size) * 2 - 1
small = size // 2 ** (len(levels) - 1)
work, text_config = {}, config_of("text_encoder")
latents = torch.randn(1, unet.config.in_channels, small, small)
if text_config:
    text = transformers.CLIPTextModel(transformers.CLIPTextConfig.from_dict(text_config)).eval()
    width, tokens = text_config["hidden_size"], text_config["max_position_embeddings"]

    def step(count):
        rows, prompts = latents.repeat(count, 1, 1, 1), torch.zeros(count, tokens, width)
        return lambda: unet(rows, 300, encoder_hidden_states=prompts)

    ids = torch.full((1, tokens), 400)
    work = {"step": step(1), "guided step": step(2), "text": lambda: text(ids)}
else:
    work = {"step": lambda: unet(latents, 300)}
work["encode"], work["decode"] = lambda: coder.encode(image), lambda: coder.decode(latents)
orders = {"unet": in_best_order(unet, work["step"]), "coder": in_best_order(coder, work["decode"])}
answer(work=list(work), orders=orders, version=torch.__version__)
for name in sys.stdin:
    answer(**clock(work[name.strip()]))
