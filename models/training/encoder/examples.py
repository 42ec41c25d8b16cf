"""Makes numbers of the material.

python3 examples.py text DOMAIN.txt: the words of the project's material, for vocabulary.py.
python3 examples.py pack VOCABULARY.json GENERAL.txt OUT_FOLDER: general.u16 and domain.u16 (word pieces in a row, for masked words) and examples.pkl (labelled rows).
"""
import argparse
import json
import os
import pickle
from array import array

import numpy as np

from material import HEADS, ROLES, all_examples, endings, names
from pieces import AGENT, CLS, CUSTOMER, SEP, Pieces, words_of

TAGS = ["O"] + [place + "-" + role for role in ROLES for place in "BI"]
TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}
UNTAGGED = -100
"""Not counted by the loss: speakers, ends, and all but the first piece of a word."""
ALSO_SHARE = 0.3
"""What other reasons that a reader could have given get together."""


def tag_of(text, start, end, spans):
    """The tag of the word from `start` to `end`."""
    tag = "O"
    for first, last, role in spans:
        if start >= first and end <= last:
            begins = start == first or not any(letter.isalnum() for letter in text[first:start])
            tag = ("B-" if begins else "I-") + role
    return TAG_NUMBER[tag]


def encode(turns, pieces):
    """Numbers of pieces and tags of a conversation: [CLS], then for each turn its speaker and its words, then [SEP]."""
    ids, tags = [CLS], [UNTAGGED]
    for speaker, text, spans in turns:
        ids.append(AGENT if speaker == "A" else CUSTOMER)
        tags.append(UNTAGGED)
        for word, start, end in words_of(text):
            numbers = pieces.of(word)
            ids += numbers
            tags += [tag_of(text, start, end, spans)] + [UNTAGGED] * (len(numbers) - 1) if numbers else []
    return ids + [SEP], tags + [UNTAGGED]


def shares_of(found, topics):
    """How much each reason is right."""
    shares, also = np.zeros(len(topics), np.float32), [topic for topic in found["also"] if topic in topics]
    shares[topics.index(found["topic"])] += 1 - (ALSO_SHARE if also else 0)
    for topic in also:
        shares[topics.index(topic)] += ALSO_SHARE / len(also)
    return shares


def choices_of(choices):
    """The number of each head's answer, 0 for none; only heads that somebody looked for."""
    if choices is None:
        return {}
    heads = [choices["only"]] if "only" in choices else HEADS
    return {head: HEADS[head].index(choices[head]) + 1 if choices.get(head) in HEADS[head] else 0 for head in heads}


def row_of(found, topics, pieces):
    """A labelled row of numbers."""
    ids, tags = encode(found["turns"], pieces)
    return dict(
        writer=found["writer"],
        kind=found["kind"],
        ids=np.array(ids, np.uint16),
        tags=np.array(tags, np.int16) if found["tagged"] else None,
        topic=shares_of(found, topics) if found["topic"] else None,
        label=found["topic"],
        also=found["also"],
        choices=choices_of(found["choices"]),
    )


def line_of_pieces(text, pieces):
    """Pieces of a line, and [SEP]."""
    return [number for word, _, _ in words_of(text) for number in pieces.of(word)] + [SEP]


def domain_of(rows, pieces):
    """Pieces of the project's own material in a row."""
    domain = array("H", (number for row in rows for number in row["ids"][1:].tolist()))
    for ending in endings():
        for turn in ending.split(" | "):
            domain.append(AGENT if turn.startswith("A:") else CUSTOMER)
            domain.extend(line_of_pieces(turn[2:], pieces)[:-1])
        domain.append(SEP)
    for name in names():
        domain.extend(line_of_pieces(name, pieces))
    return domain


def write_text(path):
    """One example a line, without marks."""
    with open(path, "w", encoding="utf-8") as out:
        for found in all_examples():
            out.write(" ".join(text for _, text, _ in found["turns"]).replace("\n", " ") + "\n")
        out.writelines(line + "\n" for line in endings() + names())


def pack(vocabulary_path, general_path, folder):
    """Writes the three files of a training."""
    with open(vocabulary_path, encoding="utf-8") as file:
        vocabulary = json.load(file)
    pieces, found = Pieces(vocabulary), all_examples()
    topics = sorted({one["topic"] for one in found if one["topic"]})
    rows = [row_of(one, topics, pieces) for one in found]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "examples.pkl"), "wb") as file:
        pickle.dump(dict(rows=rows, tags=TAGS, topics=topics, heads=HEADS, vocabulary=vocabulary), file)
    with open(os.path.join(folder, "domain.u16"), "wb") as file:
        domain_of(rows, pieces).tofile(file)
    with open(general_path, encoding="utf-8") as lines, open(os.path.join(folder, "general.u16"), "wb") as file:
        for line in lines:
            if line.strip():
                array("H", line_of_pieces(line, pieces)).tofile(file)
    print(f"{len(rows)} rows, {np.mean([len(row['ids']) for row in rows]):.0f} pieces each, {len(topics)} reasons")


def main():
    """Reads the command line."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = arguments.add_subparsers(dest="step", required=True)
    steps.add_parser("text").add_argument("domain")
    packing = steps.add_parser("pack")
    for name in ("vocabulary", "general", "out"):
        packing.add_argument(name)
    options = arguments.parse_args()
    if options.step == "text":
        write_text(options.domain)
    else:
        pack(options.vocabulary, options.general, options.out)


if __name__ == "__main__":
    main()
