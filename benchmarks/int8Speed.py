"""A denoiser in PyTorch, channels last, for benchmarks/int8Speed.ts: one line of JSON for each line that comes in.

    python int8Speed.py FOLDER THREADS

FOLDER has its config.json; weights are random. A line asks for a type and a batch. Needs torch and diffusers.
"""

import json
import os
import sys
import time

import diffusers
import torch

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
config = json.load(open(os.path.join(folder, "config.json")))
net = diffusers.UNet2DModel.from_config(config).eval().to(memory_format=torch.channels_last)
nets = {"float32": net, "bfloat16": diffusers.UNet2DModel.from_config(config).eval().bfloat16()}
nets["bfloat16"].to(memory_format=torch.channels_last)
size, channels, classes = config["sample_size"], config.get("in_channels", 3), config.get("num_class_embeds")
print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    kind, batch = line.split()
    x = torch.randn(int(batch), channels, size, size, dtype=getattr(torch, kind)).to(memory_format=torch.channels_last)
    labels = None if classes is None else torch.full((int(batch),), classes - 1)
    start = time.perf_counter()
    nets[kind](x, 400, class_labels=labels)
    print(json.dumps({"ms": (time.perf_counter() - start) * 1000 / int(batch)}), flush=True)
