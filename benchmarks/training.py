"""One training step after another of a UNet2DModel: for benchmarks/training.ts, which reads a time from each line.

    python training.py CONFIG.json BATCH THREADS

Waits for a line on standard input before each step; needs torch, diffusers.
"""

import json
import sys
import time

import torch
from diffusers import UNet2DModel

config, batch, threads = json.load(open(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
model = UNet2DModel(**{name: value for name, value in config.items() if not name.startswith("_")})
model = model.to(memory_format=torch.channels_last)
optimiser = torch.optim.AdamW(model.parameters(), lr=4e-4, betas=(0.9, 0.99), weight_decay=0.01)
average = [value.detach().clone() for value in model.parameters()]
shape = (batch, config["in_channels"], config["sample_size"], config["sample_size"])
clean, timesteps = torch.randn(shape).contiguous(memory_format=torch.channels_last), torch.arange(batch) * 1000 // batch
for _ in sys.stdin:
    start = time.perf_counter()
    noise = torch.randn_like(clean)
    loss = (model(clean + noise, timesteps).sample - noise).square().mean()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    with torch.no_grad():
        for kept, value in zip(average, model.parameters()):
            kept.lerp_(value, 0.001)
    print((time.perf_counter() - start) * 1000, flush=True)
