"""Learning tags, reasons and choices from labelled rows."""
import time

import numpy as np
import torch.nn.functional as F

from batches import Batches
from measure import judge
from pieces import PAD

REPEATS = {"fragment": 1, "phrase": 1, "opening": 2, "conversation": 3, "short": 2}
"""How often a row is read in one round."""
WARM_STEPS = 60


def rounds(batches, chosen, size, random):
    """One round through the chosen rows: batches of about `size` pieces, rows of like length together, in random order."""
    lengths = batches.lengths[0]
    order = chosen[np.argsort(lengths[chosen] + random.random(len(chosen)) * 8)]
    parts, start = [], 0
    while start < len(order):
        end = min(len(order), start + max(1, size // int(max(1, lengths[order[start]]))))
        while end - start > 1 and (end - start) * int(lengths[order[start:end]].max()) > size * 1.2:
            end = start + (end - start) * 9 // 10
        parts.append(order[start:end])
        start = end
    return [parts[at] for at in random.permutation(len(parts))]


def loss_of(tag_logits, logits, batch, size):
    """Sum of the losses of tags, the reason and the choices; sums over the batch, divided by what a batch of this size holds of each."""
    scale = size / 4096
    loss = F.cross_entropy(tag_logits.float().view(-1, tag_logits.shape[-1]), batch["tags"].reshape(-1), ignore_index=-100, reduction="sum") / (200 * scale)
    loss = loss + (-(logits[0].float().log_softmax(-1) * batch["topics"]).sum(-1) * batch["topic_weights"]).sum() / (20 * scale)
    for at, answers in enumerate(batch["choices"]):
        loss = loss + F.cross_entropy(logits[at + 1].float(), answers, ignore_index=-100, reduction="sum") / (60 * scale)
    return loss


def tune(trainer, options):
    """Trains for the time given, saves, and judges what the held-out writers wrote."""
    rows, held = trainer.examples["rows"], set(filter(None, options.hold.split(",")))
    batches = Batches(trainer, options.noise)
    chosen = np.array([at for at, row in enumerate(rows) if row["writer"] not in held for _ in range(REPEATS[row["kind"]])])
    network, begun, step, read, done = trainer.network, time.time(), 0, 0, 0.0
    network.train()
    while done < 1:
        for part in rounds(batches, chosen, options.size, trainer.random):
            batch = batches.make(part, damaged=True)
            with trainer.half_precision():
                tag_logits, logits = network.read(batch["ids"], batch["ids"] == PAD, options.dropout)
            loss = loss_of(tag_logits, logits, batch, options.size)
            trainer.step(loss, options.rate * min(1, (step + 1) / WARM_STEPS) * max(0.02, 1 - done))
            step, read = step + 1, read + len(part)
            if step % 100 == 0:
                print(f"{step} {time.time() - begun:.0f} s loss {loss.item():.3f}", flush=True)
            done = (time.time() - begun) / options.seconds
            if done >= 1:
                break
    trainer.save(options.out)
    print(f"{step} steps, {read / len(chosen):.2f} rounds", flush=True)
    if held:
        judge(trainer, batches, [at for at, row in enumerate(rows) if row["writer"] in held], options.out + ".json")
