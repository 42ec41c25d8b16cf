# python3 models/training/findings/word-vectors.py WORDS.txt > VECTORS.txt
# Meaning of words from what stands beside them in dictionaries: positive pointwise mutual information, shortened by singular values. Needs numpy and scipy; the same
# numbers on one machine. A line is a word and the numbers of its unit vector; the words dictionaries use most come first.
import sys
from collections import Counter

import numpy as np
import scipy.sparse as sparse

LEAST, CONTEXTS, WINDOW, DIMENSIONS = 15, 12_000, 6, 160
"""A word that dictionaries use less often has no vector; neighbours that count; how far away they stand; length of a vector."""
DEFINING = 14
"""So many words of a gloss or an entry are taken to define its head."""


def pairs_of(kind, words):
    """Two words and how near they are."""
    if kind == "S":
        bar = words.index("|")
        heads, words = set(words[:bar]), words[bar + 1 :]
        yield from ((a, b, 2.0) for a in heads for b in heads if a != b)
    else:
        heads = set(words[:1])
    for head in heads:
        for word in words[kind == "D" : DEFINING]:
            yield head, word, 1.0
            yield word, head, 1.0
    for at, word in enumerate(words):
        for other in range(max(0, at - WINDOW), min(len(words), at + WINDOW + 1)):
            if other != at:
                yield word, words[other], abs(at - other) ** -0.5


def count(lines, row_of, column_of):
    total = sparse.csr_matrix((len(row_of), len(column_of)), dtype=np.float32)
    for start in range(0, len(lines), 50_000):
        found = [(row_of[a], column_of[b], near) for kind, *words in lines[start : start + 50_000] for a, b, near in pairs_of(kind, words) if a in row_of and b in column_of]
        rows, columns, near = np.array(found).T
        total = total + sparse.csr_matrix((near.astype(np.float32), (rows.astype(np.int32), columns.astype(np.int32))), shape=total.shape)
    return total.tocoo()


def informative(counts):
    """Positive pointwise mutual information; contexts are smoothed (power 0.75), so that rare ones do not look telling."""
    rows = np.asarray(counts.sum(1)).ravel()
    columns = np.asarray(counts.sum(0)).ravel() ** 0.75
    columns *= counts.sum() / columns.sum()
    value = np.log(counts.data * counts.sum() / (rows[counts.row] * columns[counts.col]))
    kept = value > 0
    return sparse.csr_matrix((value[kept], (counts.row[kept], counts.col[kept])), shape=counts.shape)


def shorten(matrix, seed=0):
    """Left singular vectors times the roots of their values, by random projection; what all words share is taken off."""
    basis = matrix @ np.random.RandomState(seed).randn(matrix.shape[1], DIMENSIONS + 20)
    for _ in range(3):
        basis = matrix @ (matrix.T @ np.linalg.qr(basis)[0])
    basis = np.linalg.qr(basis)[0]
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    vectors = unit((basis @ left)[:, :DIMENSIONS] * np.sqrt(values[:DIMENSIONS]))
    return unit(vectors - 0.9 * vectors.mean(0))


def unit(vectors):
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)


lines = [line.split() for line in open(sys.argv[1])]
uses = Counter(word for line in lines for word in line[1:] if word != "|").most_common()
words = [word for word, times in uses if times >= LEAST]
contexts = [word for word, _ in uses[:CONTEXTS]]
counts = count(lines, {word: at for at, word in enumerate(words)}, {word: at for at, word in enumerate(contexts)})
for word, vector in zip(words, shorten(informative(counts))):
    print(word, *(f"{value:.3f}" for value in vector))
