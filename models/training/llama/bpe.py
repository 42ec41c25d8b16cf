"""Byte-level BPE, as llama.cpp does it for `gpt2` vocabularies with the pre-tokeniser `smollm`: words with the space before them, every digit alone.

    bpe.py learn EXAMPLES.jsonl TOKENS.json [size]      learns merges from the texts of make-data.mjs
"""
import collections
import json
import re
import sys
import unicodedata

CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]  # before everything else, so that their numbers never change
PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W_]+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+")


def _byte_letters():
    """GPT-2's letter for each byte: printable bytes stand for themselves, the others for what lies beyond 255."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(plain))
    return letters


LETTER = _byte_letters()


def pieces(text):
    """Texts that merges never cross. Figures of any script are alone: what is left of `[^\\W_]` is letters."""
    start = 0
    for at, one in enumerate(text):
        if unicodedata.category(one)[0] == "N":
            yield from PIECE.findall(text[start:at])
            yield one
            start = at + 1
    yield from PIECE.findall(text[start:])


def letters(piece):
    return [LETTER[byte] for byte in piece.encode()]


class Tokens:
    """A vocabulary: `names` by number, `merges` in their order."""

    def __init__(self, merges):
        self.merges = [tuple(pair) for pair in merges]
        self.names = CONTROL + [LETTER[byte] for byte in range(256)] + ["".join(pair) for pair in self.merges]
        self.number = {name: at for at, name in enumerate(self.names)}
        self.rank = {pair: at for at, pair in enumerate(self.merges)}
        self.known = {}

    @classmethod
    def read(cls, path):
        with open(path) as file:
            return cls([line.split(" ") for line in json.load(file)["merges"]])

    def encode(self, text):
        """Numbers of a text. Control tokens in it are text, never control tokens."""
        out = []
        for piece in pieces(text):
            if piece not in self.known:
                self.known[piece] = [self.number[name] for name in self._merge(letters(piece))]
            out += self.known[piece]
        return out

    def decode(self, numbers):
        back = {letter: byte for byte, letter in LETTER.items()}
        return bytes(back[one] for number in numbers if number >= len(CONTROL) for one in self.names[number]).decode(errors="replace")

    def _merge(self, names):
        while len(names) > 1:
            best = min(zip(names, names[1:]), key=lambda pair: self.rank.get(pair, 1 << 30))
            if best not in self.rank:
                break
            names = merged(names, best)
        return names


def merged(names, pair):
    out, at = [], 0
    while at < len(names):
        if at + 1 < len(names) and (names[at], names[at + 1]) == pair:
            out.append(names[at] + names[at + 1])
            at += 2
        else:
            out.append(names[at])
            at += 1
    return out


def learn(counts, size):
    """The merges of a vocabulary of `size`, from how often each piece occurs. Ties are broken by the alphabet, so that the same texts give the same tokens."""
    words = [[letters(piece), count] for piece, count in counts.items()]
    where, total = collections.defaultdict(set), collections.Counter()
    for at, (names, count) in enumerate(words):
        for pair in zip(names, names[1:]):
            where[pair].add(at)
            total[pair] += count
    merges = []
    while len(merges) < size - 256 - len(CONTROL):
        best = max(total, key=lambda pair: (total[pair], pair))
        if total[best] < 2:
            break
        merges.append(best)
        for at in list(where[best]):
            names, count = words[at]
            for pair in zip(names, names[1:]):
                total[pair] -= count
                where[pair].discard(at)
            words[at][0] = merged(names, best)
            for pair in zip(words[at][0], words[at][0][1:]):
                total[pair] += count
                where[pair].add(at)
        total = +total if len(merges) % 500 == 0 else total
    return merges


def main(examples, path, size=4096):
    counts = collections.Counter()
    with open(examples) as file:
        for line in file:
            one = json.loads(line)
            for text in [one["document"], *(ask["answer"] for ask in one["asks"] if isinstance(ask["answer"], str))]:
                counts.update(pieces(text))
    with open(examples.replace("examples.jsonl", "questions.json")) as file:
        asked = json.load(file)
    for question in [{"instruction": one} for one in asked["systems"].values()] + list(asked["questions"].values()):
        for text in [question["instruction"], *(one["meaning"] for one in question.get("options", []))]:
            for piece in set(pieces(text)):  # said with every question: each of their words becomes a token
                counts[piece] = max(counts[piece], 50)
    merges = learn(counts, int(size))
    with open(path, "w") as file:
        json.dump({"merges": [" ".join(pair) for pair in merges]}, file, ensure_ascii=False, indent=0)
    tokens = Tokens(merges)
    print(f"{len(tokens.names)} tokens from {len(counts)} pieces; {sum(counts.values()) / sum(c * len(tokens.encode(p)) for p, c in counts.items()):.2f} pieces a token")


if __name__ == "__main__":
    main(*sys.argv[2:])
