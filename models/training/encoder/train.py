"""Trains the encoder: on a graphics card where there is one, else on the processor (slow).

python3 train.py pretrain EXAMPLES_FOLDER pretrained.pt: masked words.
python3 train.py tune EXAMPLES_FOLDER tuned.pt --start pretrained.pt [--hold WRITER,WRITER]: tags, reasons and choices; what it makes of held-out writers goes to
tuned.pt.json.
"""
import argparse
import contextlib
import os
import pickle

import numpy as np
import torch

from network import build, load


class Trainer:
    """A network, its optimiser, and where they run."""

    def __init__(self, options):
        """Builds the network for the labels of the examples, with the weights of `--start` where given."""
        with open(os.path.join(options.examples, "examples.pkl"), "rb") as file:
            self.examples = pickle.load(file)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(options.seed)
        torch.backends.cuda.matmul.allow_tf32 = True
        self.random = np.random.default_rng(options.seed)
        self.network = build(self.examples)
        if options.start:
            load(self.network, options.start)
        self.network.to(self.device)
        weights = [weight for weight in self.network.parameters() if weight.dim() > 1]
        others = [weight for weight in self.network.parameters() if weight.dim() <= 1]
        groups = [dict(params=weights, weight_decay=0.05), dict(params=others, weight_decay=0)]
        extra = dict(fused=True) if self.device == "cuda" else {}
        self.optimiser = torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.98), eps=1e-6, **extra)

    def half_precision(self):
        """Where products are made with 16 bits: on a card."""
        return torch.autocast("cuda", torch.bfloat16) if self.device == "cuda" else contextlib.nullcontext()

    def step(self, loss, rate):
        """One step down the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()

    def save(self, path):
        """Writes the weights in half precision, whole or not at all."""
        torch.save({name: weight.half() for name, weight in self.network.state_dict().items()}, path + ".tmp")
        os.replace(path + ".tmp", path)


def main():
    """Reads the command line; defaults are the settings of the model that ships."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = arguments.add_subparsers(dest="step", required=True)
    pretraining, tuning = steps.add_parser("pretrain"), steps.add_parser("tune")
    for step, rate in ((pretraining, 1.2e-3), (tuning, 5e-4)):
        step.add_argument("examples")
        step.add_argument("out")
        step.add_argument("--start", help="a checkpoint to begin with")
        step.add_argument("--seed", type=int, default=1)
        step.add_argument("--rate", type=float, default=rate, help="the highest rate of learning")
    pretraining.add_argument("--minutes", type=float, default=4.7)
    pretraining.add_argument("--batch", type=int, default=256, help="rows a step")
    pretraining.add_argument("--tokens", type=int, default=256, help="pieces a row")
    pretraining.add_argument("--domain", type=float, default=0.3, help="share of rows of the project's own material")
    pretraining.add_argument("--masked", type=float, default=0.2, help="share of words to guess")
    pretraining.add_argument("--compile", action="store_true", help="let torch 2 compile the network: slow to begin, then faster")
    tuning.add_argument("--hold", default="", help="writers that are kept out and judged afterwards")
    tuning.add_argument("--seconds", type=float, default=100)
    tuning.add_argument("--size", type=int, default=8192, help="pieces a step")
    tuning.add_argument("--dropout", type=float, default=0.1)
    tuning.add_argument("--noise", type=float, default=0.1, help="share of pieces that are masked")
    options = arguments.parse_args()
    trainer = Trainer(options)
    if options.step == "pretrain":
        from pretrain import pretrain

        pretrain(trainer, options)
    else:
        from tune import tune

        tune(trainer, options)


if __name__ == "__main__":
    main()
