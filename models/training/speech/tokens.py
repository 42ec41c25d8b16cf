"""The token set: frequent words whole, the rest in pieces. Any split whose pieces join to the text is valid for Whisper.

Usage: tokens.py     collects tokens.json from the texts; a checkpoint belongs to its list, so this is run only before training from nothing.
"""
import collections
import json
import os
import re

import torch

from whisper_model import EOT, FIRST_TIMESTAMP, NO_SPEECH, NO_TIMESTAMPS, POSITIONS, PREVIOUS, SOT, read_header

FOLDER = os.path.dirname(os.path.abspath(__file__))
LIST, HEADER = os.path.join(FOLDER, "tokens.json"), os.path.join(FOLDER, "whisper-en-header.bin")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
PUNCTUATION = ".,?'"


def split_words(line):
    """Words with their leading space and trailing punctuation."""
    return re.findall(r" [^ ]+", " " + line.strip())


def pieces(word, known, longest=14):
    """Longest known pieces from the left; punctuation alone."""
    core = word.rstrip(PUNCTUATION)
    rest, found = core, []
    while rest:
        size = next((n for n in range(min(longest, len(rest)), 1, -1) if rest[:n] in known), 1)
        found.append(rest[:size])
        rest = rest[size:]
    return found + list(word[len(core):])


class Tokens:
    """The used tokens: ids in Whisper, columns in the model, base rows (capitals share theirs with the lower-case word)."""

    def __init__(self, path=LIST):
        """Reads the list."""
        self.filters, self.vocabulary = read_header(HEADER)
        text = json.load(open(path))
        id_of = {t: i for i, t in reversed(list(enumerate(self.vocabulary)))}
        special = [EOT, SOT, PREVIOUS, NO_SPEECH, NO_TIMESTAMPS]
        self.text = len(text)
        self.ids = torch.tensor([id_of[t.encode()] for t in text] + special + [*range(FIRST_TIMESTAMP, FIRST_TIMESTAMP + POSITIONS + 1)])
        self.column = {int(t): i for i, t in enumerate(self.ids)}
        self.column_of_text = {t: i for i, t in enumerate(text)}
        self.known = set(text)
        small = [t.lower() if len(t.strip()) > 1 and t.lower() in self.known else t for t in text]
        rows = list(dict.fromkeys(small))
        row = {t: i for i, t in enumerate(rows)}
        self.bases = len(rows) + len(special)
        self.base_of = torch.tensor([row[t] for t in small] + list(range(len(rows), self.bases)))
        self.is_capital = torch.tensor([a != b for a, b in zip(text, small)] + [False] * len(special))
        self.is_sound = [t not in PUNCTUATION for t in text]  # by text column: whether it is heard
        self._split = {}

    def __call__(self, word):
        """Columns of a word (with its leading space)."""
        if word not in self._split:
            self._split[word] = [self.column_of_text[p] for p in pieces(word, self.known)]
        return self._split[word]


def collect(lines=150_000, frequent=60):
    """Pieces that occur often enough, found by splitting and pruning in turn."""
    import text
    _, vocabulary = read_header(HEADER)
    allowed = {t.decode() for t in vocabulary if re.fullmatch(rb" ?[A-Za-z']+", t)}
    kept = {t for c in LETTERS for t in (c, " " + c) if t in allowed} | set(PUNCTUATION)
    count = collections.Counter(w for _ in range(lines) for w in split_words(text.utterance()))
    # a capital at the start of a line says nothing about the word: count it with the lower-case word
    known = {t for t in allowed if len(t) <= 15}
    for wanted in (frequent / 4, frequent / 2, frequent, frequent):
        used = collections.Counter()
        for word, n in count.items():
            for piece in pieces(word, known):
                used[piece] += n
        small = collections.Counter()
        for piece, n in used.items():
            small[piece.lower()] += n
        known = {t for t in known if small[t.lower()] >= wanted and used[t]} | kept
    json.dump(sorted(known), open(LIST, "w"), indent=0)
    total = sum(count.values())
    print(f"{len(known)} tokens, {sum(n * len(pieces(w, known)) for w, n in count.items()) / total:.2f} a word")


if __name__ == "__main__":
    collect()
