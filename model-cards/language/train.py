"""Counts the letter n-grams of 75 languages; see ../README.md.

    train.py --data DIR            writes ngrams.gz and evaluation.json

DIR holds train.jsonl.gz and dev.jsonl.gz with fields text, label and group. A word is framed as
^word$; its runs of one to five characters are features, and the word itself, which counts thrice.
A feature is the CRC-32 of its UTF-8 bytes modulo 2^17 (server, inference/NgramLanguages.java).
What the table says is naive Bayes: log p(text | language) is the sum over features of
log((count + SMOOTHING) / (total + SMOOTHING * BUCKETS)). The words of close.txt, which tell close
languages apart, are counted as if texts had them three times. Nothing is fitted on dev; SHARPNESS,
which makes probabilities of mean scores, is fitted on a fifth of train that the counts left out.
"""

import argparse
import gzip
import json
import sys
import unicodedata
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "training"))

from packing import varint

BUCKETS = 1 << 17
LONGEST = 5
WORD_WEIGHT = 3
SMOOTHING = 0.03
FOLDS = 5
CLOSE_TIMES = 2


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def words(text):
    """Runs of letters, marks and apostrophes, in lower case."""

    def inside(c):
        return c in "'\u2019\u02bb" or unicodedata.category(c)[0] in "LM"

    return "".join(c if inside(c) else " " for c in text.lower()).split()


def features(text):
    """Bucket to how often it occurs."""
    found = Counter()
    for word in words(text):
        framed = f"^{word}$"
        for size in range(1, LONGEST + 1):
            for at in range(len(framed) - size + 1):
                found[zlib.crc32(framed[at : at + size].encode()) % BUCKETS] += 1
        found[zlib.crc32(f"#{word}".encode()) % BUCKETS] += WORD_WEIGHT
    return found


class Table:
    """Counts by bucket and language."""

    def __init__(self, labels):
        self.labels, self.totals = labels, np.zeros(len(labels))
        self.cells = defaultdict(Counter)

    def add(self, label, found):
        place = self.labels.index(label)
        for bucket, count in found.items():
            self.cells[bucket][place] += count
            self.totals[place] += count

    def seal(self):
        """Cells as arrays of languages and gains, for scoring."""
        self.sealed = {
            bucket: (
                np.fromiter(row.keys(), int),
                np.log1p(np.fromiter(row.values(), float) / SMOOTHING),
            )
            for bucket, row in self.cells.items()
        }
        self.floor = np.log(SMOOTHING / (self.totals + SMOOTHING * BUCKETS))

    def scores(self, found):
        """Mean log probability of a feature by language, and how many features there are."""
        count = sum(found.values())
        scores = self.floor * count
        for bucket, times in found.items():
            if bucket in self.sealed:
                places, gains = self.sealed[bucket]
                scores[places] += times * gains
        return scores / max(1, count), count


def written(table, file):
    """Labels, then per bucket: distance to the one before, number of cells, (language, count)."""
    out = bytearray((" ".join(table.labels) + "\n").encode())
    before = 0
    for bucket in sorted(table.cells):
        row = table.cells[bucket]
        out += varint(bucket - before) + varint(len(row))
        for place in sorted(row):
            out += varint(place) + varint(row[place])
        before = bucket
    file.write_bytes(gzip.compress(bytes(out), 9, mtime=0))


def close_words():
    """(language, word) of close.txt."""
    language = None
    for line in (HERE / "close.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif not line.startswith("#"):
            yield from ((language, word) for word in line.split())


def counted(rows, labels, found):
    table = Table(labels)
    for row, one in zip(rows, found):
        table.add(row["label"], one)
    for language, word in close_words():
        one = features(word)
        one[zlib.crc32(f"#{word}".encode()) % BUCKETS] += CLOSE_TIMES * WORD_WEIGHT
        table.add(language, one)
    table.seal()
    return table


def sharpness(rows, labels, found):
    """The factor on mean scores whose softmax is likeliest on texts the counts left out."""
    kept = [i for i in range(len(rows)) if i % FOLDS]
    table = counted([rows[i] for i in kept], labels, [found[i] for i in kept])
    left = range(0, len(rows), FOLDS)
    scores = np.array([table.scores(found[i])[0] for i in left])
    wanted = [labels.index(rows[i]["label"]) for i in left]

    def cost(factor):
        z = scores * factor
        z = z - z.max(1, keepdims=True)
        return -np.mean(z[np.arange(len(z)), wanted] - np.log(np.exp(z).sum(1)))

    return min((round(0.5 * step, 1) for step in range(2, 80)), key=cost)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    rows = read(options.data / "train.jsonl.gz")
    labels = sorted({row["label"] for row in rows})
    found = [features(row["text"]) for row in rows]
    factor = sharpness(rows, labels, found)
    table = counted(rows, labels, found)
    written(table, HERE / "ngrams.gz")
    groups = defaultdict(list)
    for row in read(options.data / "dev.jsonl.gz"):
        got = labels[int(table.scores(features(row["text"]))[0].argmax())]
        groups[row["group"]].append(got == row["label"])
    report = {
        "sharpness": factor,
        "cells": sum(len(row) for row in table.cells.values()),
        "rows": len(rows),
        "dev": {
            group: {"rows": len(v), "accuracy": round(float(np.mean(v)), 4)}
            for group, v in groups.items()
        },
    }
    (HERE / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
