"""Batches of labelled rows, made on the device; for training they are damaged: pieces masked, punctuation left out, conversations cut."""
import numpy as np
import torch

from pieces import AGENT, CUSTOMER, MASK, PAD, SEP, SPECIAL

LONGEST, UNTAGGED = 384, -100
CUTS = 24
"""Turns of a row at which it may be cut, from the third on."""
BARE_SHARE, CUT_SHARE = 0.25, 0.4
"""Rows without punctuation; conversations that are cut before one of their turns."""
TOPIC_WEIGHT = {"fragment": 1, "phrase": 0.4, "opening": 1, "conversation": 3, "short": 1.5}


def is_mark(number, piece):
    """Whether a piece is punctuation."""
    return number >= len(SPECIAL) and not any(letter.isalnum() for letter in piece) and piece != "'"


class Batches:
    """All rows in one long line on the device, each twice: as written and without punctuation."""

    def __init__(self, trainer, noise):
        """Lays out the rows of the trainer's examples; `noise` is the share of pieces to mask."""
        examples = trainer.examples
        self.device, self.random, self.noise, rows = trainer.device, trainer.random, noise, examples["rows"]
        self.cuttable = np.array([row["kind"] in ("conversation", "short") for row in rows])
        self._lay_out(rows, np.array([is_mark(number, piece) for number, piece in enumerate(examples["vocabulary"])]))
        heads = list(examples["heads"])
        topics, weights = torch.zeros(len(rows), len(examples["topics"])), torch.zeros(len(rows))
        choices = torch.full((len(heads), len(rows)), UNTAGGED, dtype=torch.long)
        for at, row in enumerate(rows):
            if row["topic"] is not None:
                topics[at], weights[at] = torch.from_numpy(np.asarray(row["topic"])), TOPIC_WEIGHT[row["kind"]]
            for head, answer in row["choices"].items():
                choices[heads.index(head), at] = answer
        self.topics, self.topic_weights, self.choices = (values.to(self.device) for values in (topics, weights, choices))

    def _lay_out(self, rows, marks):
        """Where each row begins, how long it is, and where it may be cut, with (0) and without (1) punctuation."""
        number = len(rows)
        self.starts, self.lengths, self.cut_counts = (np.zeros((2, number), np.int64) for _ in range(3))
        self.cuts = np.zeros((2, number, CUTS), np.int64)
        all_ids, all_tags, end = [], [], 0
        for at, row in enumerate(rows):
            ids = row["ids"].astype(np.int64)[:LONGEST]
            tags = row["tags"].astype(np.int64)[:LONGEST] if row["tags"] is not None else np.full(len(ids), UNTAGGED)
            for bare in (0, 1):
                if bare:
                    kept = ~marks[ids]
                    ids, tags = ids[kept], tags[kept]
                self.starts[bare, at], self.lengths[bare, at] = end, len(ids)
                cuts = np.flatnonzero((ids == AGENT) | (ids == CUSTOMER))[2 : 2 + CUTS]
                self.cut_counts[bare, at] = len(cuts)
                self.cuts[bare, at, : len(cuts)] = cuts
                all_ids.append(ids)
                all_tags.append(tags)
                end += len(ids)
        self.ids = torch.from_numpy(np.concatenate(all_ids + [np.full(LONGEST, PAD, np.int64)])).to(self.device)
        self.tags = torch.from_numpy(np.concatenate(all_tags + [np.full(LONGEST, UNTAGGED, np.int64)])).to(self.device)

    def make(self, rows, damaged):
        """Ids, tags, shares of reasons and choices of the rows."""
        rows = np.asarray(rows)
        bare = np.zeros(len(rows), np.int64)
        if damaged:
            bare = (self.random.random(len(rows)) < BARE_SHARE).astype(np.int64)
        lengths = self.lengths[bare, rows].copy()
        if damaged:
            counts = self.cut_counts[bare, rows]
            cut = (self.random.random(len(rows)) < CUT_SHARE) & self.cuttable[rows] & (counts > 0)
            turn = (self.random.random(len(rows)) * counts).astype(np.int64)
            lengths = np.where(cut, self.cuts[bare, rows, turn] + 1, lengths)
        widest = (int(lengths.max()) + 15) // 16 * 16
        starts, ends = (torch.from_numpy(values)[:, None].to(self.device) for values in (self.starts[bare, rows], lengths))
        along = torch.arange(widest, device=self.device)
        places, outside, last = (starts + along).clamp(max=len(self.ids) - 1), along >= ends, along == ends - 1
        ids = self.ids[places].masked_fill(outside, PAD).masked_fill(last, SEP)
        tags = self.tags[places].masked_fill(outside | last, UNTAGGED)
        if damaged:
            hidden = (torch.rand(ids.shape, device=self.device) < self.noise) & (ids >= len(SPECIAL))
            ids = ids.masked_fill(hidden, MASK)
        at = torch.from_numpy(rows).to(self.device)
        return dict(ids=ids, tags=tags, topics=self.topics[at], topic_weights=self.topic_weights[at], choices=self.choices[:, at])
