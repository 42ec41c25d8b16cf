"""python3 vocabulary.py GENERAL.txt DOMAIN.txt VOCABULARY.json: chooses 16,384 pieces: letters, common words, and what rarer words share.

A word counts by its share of the general prose and twice by its share of the domain's text.
"""
import argparse
import json
from collections import Counter

from pieces import SPECIAL, UNK, Pieces, words_of

SIZE, PARTS = 16_384, 4_000
"""Pieces in all; room kept for parts of words."""


def count(path):
    """How often each word stands in a file."""
    words = Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words.update(word for word, _, _ in words_of(line))
    return words


def score(general, domain):
    """Share of each word in the general prose, plus twice its share in the domain's."""
    scores = Counter()
    for words, weight in ((general, 1), (domain, 2)):
        total = sum(words.values())
        for word, times in words.items():
            scores[word] += weight * times / total
    return scores


def parts_of(scores, whole):
    """Beginnings, ends and middles of words that have no piece of their own, most useful first."""
    beginnings, rest = Counter(), Counter()
    for word, share in scores.items():
        if word in whole or not word.isalpha():
            continue
        worth = min(share * 1e6, 20) ** 0.7
        for length in range(2, min(len(word), 9)):
            value = worth * length**0.5
            rest["##" + word[-length:]] += value
            beginnings[word[:length]] += value
            for start in range(1, len(word) - length):
                rest["##" + word[start : start + length]] += 0.3 * value
    return [part for part, _ in (beginnings + rest).most_common(60_000) if part not in whole]


def choose(scores):
    """The list of pieces."""
    letters = sorted({letter for word in scores if scores[word] * 1e6 > 0.2 for letter in word if ord(letter) < 0x250 or letter in "€£"})
    vocabulary = SPECIAL + letters + ["##" + letter for letter in letters if letter.isalnum()]
    known = set(letters)
    common = [
        word
        for word, _ in scores.most_common(40_000)
        if len(word) > 1 and all(letter in known for letter in word) and not (word.isdigit() and len(word) > 2)
    ]
    whole = common[: SIZE - len(vocabulary) - PARTS]
    vocabulary += whole
    return vocabulary + parts_of(scores, set(whole))[: SIZE - len(vocabulary)]


def main():
    """Writes the vocabulary and says how well it fits both texts."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("general", "domain", "vocabulary"):
        arguments.add_argument(name)
    options = arguments.parse_args()
    texts = {"general": count(options.general), "domain": count(options.domain)}
    vocabulary = choose(score(texts["general"], texts["domain"]))
    with open(options.vocabulary, "w", encoding="utf-8") as file:
        json.dump(vocabulary, file)
    pieces = Pieces(vocabulary)
    for name, words in texts.items():
        total = sum(words.values())
        made = sum(len(pieces.of(word)) * times for word, times in words.items())
        unknown = sum(times for word, times in words.items() if pieces.of(word) == [UNK])
        print(f"{name}: {total} words, {made / total:.3f} pieces a word, {unknown / total:.5f} unknown")


if __name__ == "__main__":
    main()
