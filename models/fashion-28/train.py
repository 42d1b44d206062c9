"""Trains fashion-28 further, on a CPU or a GPU, in the layout of diffusers.

    pip install torch diffusers safetensors numpy
    python train.py --data DIR --start models/fashion-28/unet --out OUT --minutes 90

DIR holds the four IDX files of Fashion-MNIST (gzip). Only the 60,000 training images are learned from; the first 2,000
test images measure the squared epsilon error now and then. OUT gets the moving average of the weights, in float32,
each time it is measured; a run that is stopped loses nothing but the optimiser's state.
"""

import argparse
import gzip
import json
import math
import os
import time

import numpy as np
import torch
from diffusers import UNet2DModel

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True)
parser.add_argument("--start", required=True, help="folder of a UNet2DModel: config.json and weights")
parser.add_argument("--out", required=True)
parser.add_argument("--minutes", type=float, default=90)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--rate", type=float, default=8e-4, help="peak learning rate")
parser.add_argument("--decay", type=float, default=0.999, help="of the moving average of the weights")
parser.add_argument("--drop", type=float, default=0.1, help="share of labels dropped to the null label")
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()

T, NULL = 1000, 10
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(options.seed)
alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, T), 0).to(device)


def read(name, header):
    with gzip.open(os.path.join(options.data, name)) as file:
        return np.frombuffer(file.read(), np.uint8)[header:]


def images(part):
    pixels = read(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    return torch.tensor(pixels).float().div(127.5).sub(1).to(device)


def classes(part):
    return torch.tensor(read(f"{part}-labels-idx1-ubyte.gz", 8)).long().to(device)


def noised(clean, timesteps, noise):
    share = alpha_bar[timesteps].view(-1, 1, 1, 1)
    return share.sqrt() * clean + (1 - share).sqrt() * noise


def stratified(count, generator=None):
    """One timestep from each of `count` equal parts of the schedule."""
    part = (torch.arange(count, device=device) + torch.rand(count, device=device, generator=generator)) / count
    return (part * T).long().clamp(max=T - 1)


@torch.no_grad()
def held_out(model, clean, labels):
    generator = torch.Generator(device).manual_seed(1)
    timesteps = stratified(len(clean), generator)[torch.randperm(len(clean), device=device, generator=generator)]
    noise = torch.randn(clean.shape, device=device, generator=generator)
    errors = []
    for at in range(0, len(clean), 250):
        part = slice(at, at + 250)
        output = model(noised(clean[part], timesteps[part], noise[part]), timesteps[part], labels[part]).sample
        errors.append((output - noise[part]).square().mean((1, 2, 3)))
    errors = torch.cat(errors)
    fifths = [errors[(timesteps * 5 // T) == fifth].mean().item() for fifth in range(5)]
    return errors.mean().item(), fifths


train, train_labels = images("train"), classes("train")
test, test_labels = images("t10k")[:2000], classes("t10k")[:2000]
model = UNet2DModel.from_pretrained(options.start).float().to(device, memory_format=torch.channels_last)
average = {name: value.clone() for name, value in model.state_dict().items()}
optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=0.01, betas=(0.9, 0.99))


def measure(step, began):
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(average)
    model.eval()
    error, fifths = held_out(model, test, test_labels)
    model.save_pretrained(options.out)
    model.load_state_dict(kept)
    model.train()
    record = {
        "minutes": round((time.monotonic() - began) / 60, 1),
        "images": step * options.batch,
        "error": round(error, 5),
        "fifths": [round(value, 5) for value in fifths],
    }
    print(json.dumps(record), flush=True)


began, step, measured = time.monotonic(), 0, -math.inf
while (share := (time.monotonic() - began) / 60 / options.minutes) < 1:
    if time.monotonic() - measured > 300:
        measure(step, began)
        measured = time.monotonic()
    rate = options.rate * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * share))
    for group in optimiser.param_groups:
        group["lr"] = rate
    chosen = torch.randint(len(train), (options.batch,), device=device)
    clean, labels = train[chosen], train_labels[chosen].clone()
    labels[torch.rand(options.batch, device=device) < options.drop] = NULL
    timesteps, noise = stratified(options.batch), torch.randn_like(clean)
    output = model(noised(clean, timesteps, noise).contiguous(memory_format=torch.channels_last), timesteps, labels).sample
    loss = (output - noise).square().mean()
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    step += 1
    decay = min(options.decay, (1 + step) / (10 + step))
    with torch.no_grad():
        for name, value in model.state_dict().items():
            average[name].lerp_(value, 1 - decay)
measure(step, began)
