"""What the words of a text say of its label: a linear classifier of hashed words and letters.

It reads a text beside the encoder and knows the rare words that a small encoder takes for others;
both are mixed as a product of experts (Hinton 2002): log p of the encoder plus a share of this log
p. Features, which the server computes alike (inference/WordFeatures.java): of the first CHARACTERS
of the text in lower case,

- words: runs of letters, marks and digits; any other character but blanks is a word of its own;
  each word, and each pair of neighbours joined by a blank,
- letters: of each run without blanks, framed by blanks, the runs of 2 to 5 characters.

A feature is the CRC-32 of its UTF-8 bytes, of words with a leading tab, modulo BUCKETS. Its value
is 1 + ln(times it occurs), and the features of each kind are scaled to length 1. What a bucket is
worth by being rare (idf) is in the weights.
"""

import gzip
import json
import unicodedata
import warnings
import zlib
from collections import Counter

import numpy as np
import scipy.sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from packing import unpacked, varint

CHARACTERS = 4000
BUCKETS = 1 << 18
SIZES = (2, 3, 4, 5)
FILE = "words.gz"
STEPS = 60
INVERSE_PENALTY = 3.0
LEAST = 2
MOST = 127
WORTH = 2


def blank(c):
    return c in "\t\n\v\f\r" or unicodedata.category(c)[0] == "Z"


def in_word(c):
    return unicodedata.category(c)[0] in "LMN"


def words(text):
    """Runs of letters, marks and digits; other characters but blanks one by one."""
    parted = "".join(c if in_word(c) else "\t" if blank(c) else f"\t{c}\t" for c in text)
    return [word for word in parted.split("\t") if word]


def chunks(text):
    """Runs without blanks."""
    return [c for c in "".join("\t" if blank(c) else c for c in text).split("\t") if c]


def bucket(feature):
    return zlib.crc32(feature.encode("utf-8", "replace")) % BUCKETS


def scaled(counts):
    """Buckets and values of one kind of features."""
    values = 1 + np.log(np.fromiter(counts.values(), float, len(counts)))
    return np.fromiter(counts.keys(), np.int64, len(counts)), values / np.linalg.norm(values)


def features(text):
    """(buckets, values) of a text."""
    text = text[:CHARACTERS].lower()
    each = words(text)
    pairs = [f"{a} {b}" for a, b in zip(each, each[1:])]
    kinds = [Counter(bucket("\t" + w) for w in each + pairs), Counter()]
    found = Counter()
    for chunk in chunks(text):
        framed = f" {chunk} "
        for size in SIZES:
            found.update(framed[at : at + size] for at in range(len(framed) - size + 1))
    for run, times in found.items():
        kinds[1][bucket(run)] += times
    parts = [scaled(kind) for kind in kinds if kind]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0)
    return tuple(np.concatenate(both) for both in zip(*parts))


def matrix(texts):
    """Features of texts [texts, BUCKETS]; what falls into one bucket adds up."""
    each = [features(text) for text in texts]
    starts = np.cumsum([0] + [len(places) for places, _ in each])
    places, values = (np.concatenate(both) for both in zip(*each))
    shape = (len(texts), BUCKETS)
    return scipy.sparse.csr_matrix((values.astype(np.float32), places, starts), shape)


class Voter:
    """Weights [labels, BUCKETS] as bytes with a scale each, and what is added to them."""

    def __init__(self, labels, weights, scales, added):
        self.labels, self.weights, self.scales, self.added = labels, weights, scales, added

    @staticmethod
    def fitted(features, wanted, row_weights, labels):
        """Of rows with features [rows, BUCKETS] and label indices, every label among them."""
        seen = np.asarray((features > 0).sum(0)).ravel()
        rare = np.where(seen < LEAST, 0, np.log((1 + features.shape[0]) / (1 + seen)) + 1)
        scaling = scipy.sparse.diags(rare.astype(np.float32))
        regression = LogisticRegression(C=INVERSE_PENALTY, max_iter=STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
            regression.fit(features @ scaling, wanted, row_weights)
        weights, added = regression.coef_, regression.intercept_
        if len(labels) == 2:
            weights, added = np.vstack([-weights, weights]) / 2, np.r_[-added, added] / 2
        weights = weights * rare
        scales = np.abs(weights).max(1) / MOST
        rounded = np.rint(weights / scales[:, None])
        rounded[np.abs(rounded) < WORTH] = 0  # a third of the cells, which decide nothing
        return Voter(labels, rounded.astype(np.int8), scales, added)

    def votes(self, features):
        """Log probabilities [rows, labels] of features [rows, BUCKETS]."""
        logits = (features @ self.weights.T.astype(np.float32)) * self.scales + self.added
        logits -= logits.max(1, keepdims=True)
        return logits - np.log(np.exp(logits).sum(1, keepdims=True))

    def write(self, folder):
        """A line of JSON; then per bucket its distance to the one before, the number of cells,
        and each cell: label, weight; numbers as groups of seven bits, weights zigzag."""
        head = {
            "labels": self.labels,
            "scales": self.scales.tolist(),
            "added": self.added.tolist(),
            "cells": int(np.count_nonzero(self.weights)),
        }
        out, before = bytearray(json.dumps(head).encode() + b"\n"), 0
        for place in np.flatnonzero(self.weights.any(0)):
            column = self.weights[:, place]
            cells = np.flatnonzero(column)
            out += varint(int(place) - before) + varint(len(cells))
            for label in cells:
                value = int(column[label])
                out += varint(int(label)) + varint(2 * value if value >= 0 else -2 * value - 1)
            before = int(place)
        (folder / FILE).write_bytes(gzip.compress(bytes(out), 9, mtime=0))

    @staticmethod
    def read(folder):
        raw = gzip.decompress((folder / FILE).read_bytes())
        at = raw.index(b"\n") + 1
        head, numbers = json.loads(raw[:at]), unpacked(raw[at:])
        weights = np.zeros((len(head["labels"]), BUCKETS), np.int8)
        place = 0
        for step in numbers:
            place += step
            for _ in range(next(numbers)):
                label, value = next(numbers), next(numbers)
                weights[label, place] = value // 2 if value % 2 == 0 else -(value + 1) // 2
        return Voter(head["labels"], weights, np.array(head["scales"]), np.array(head["added"]))


SAMPLES = (
    "Why is the sky blue?",
    "A a A  b\tc\n(x_1 + 2)^3 = y",
    "Напиши стих о ВЕСНЕ!",
    "写一首关于春天的诗 ½ ٣ e\u0301",
    "caf\u00e9\u00a0\u2003ÀÉ \U0001d54f\U0001f600 — ok",
    "word " * 900,
    " ",
)


def main():
    """Prints the features of a few texts, with which the server's are compared."""
    found = []
    for text in SAMPLES:
        places, values = features(text)
        order = np.lexsort((values, places))
        found.append(
            {
                "text": text,
                "buckets": places[order].tolist(),
                "values": [round(float(v), 9) for v in values[order]],
            }
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
