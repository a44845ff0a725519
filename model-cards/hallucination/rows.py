"""The rows that the checker of answers is trained and measured on: those of train and own ones."""

import gzip
import json
import random

import evidence
import exchanges

GROUPS = {"perturbed": 3000, "wice": 1400, "halueval-qa": 1400}
HALLUCINATED = "hallucinated"


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def without(row, start, end):
    """A row whose answer has lost a range, and the spans in it."""
    text, cut = row["answer"], end - start
    spans = [s for s in row["spans"] if s["end"] <= start]
    later = [s for s in row["spans"] if s["start"] >= end]
    spans += [{"start": s["start"] - cut, "end": s["end"] - cut} for s in later]
    label = HALLUCINATED if spans else "grounded"
    left = {"answer": text[:start] + text[end:], "spans": spans, "label": label}
    return row | left | {"made": "cut"}


def cut_both(row, picker):
    """Two rows of one that annotators marked: without what is unsupported, and without as much of
    the rest. Both lack words, so that only support tells them apart."""
    text, marked = row["answer"], row["spans"]
    size = sum(s["end"] - s["start"] for s in marked)
    if size > 0.6 * len(text):
        return []
    good = row
    for s in sorted(marked, key=lambda s: -s["start"]):
        good = without(good, s["start"] - (text[s["start"] - 1 : s["start"]] == " "), s["end"])
    words, choices = [w for w in evidence.words(text) if not w.stop], []
    for i, first in enumerate(words):
        for last in words[i:]:
            if any(s["start"] < last.end and first.start - 1 < s["end"] for s in marked):
                break
            if 0.4 * size <= last.end - first.start <= 1.8 * size + 4:
                choices.append((first.start, last.end))
    if not choices or len(good["answer"]) < 15:
        return []
    start, end = picker.choice(choices)
    return [good, without(row, start - (text[start - 1 : start] == " "), end)]


def prepared(rows):
    """All rows that are trained or measured on: as they are, cut, and own ones of each group."""
    picker, result = random.Random(1), []
    for i, row in enumerate(rows):
        row = row | {"made": "no", "inside": i % 5 == 0}
        result.append(row)
        if row["group"] == "wice":
            result += cut_both(row, picker)
        elif row["group"] == "halueval-qa":
            every = [s for s in exchanges.sentences(row["context"]) if 30 < len(s) < 250]
            if every:
                right = {"answer": picker.choice(every), "spans": [], "label": "grounded"}
                result.append(row | right | {"made": "copy"})
    for group, count in GROUPS.items():
        own = exchanges.Maker([r for r in rows if r["group"] == group], 7).made(count)
        result += [row | {"group": group, "made": "own", "inside": False} for row in own]
    return result


def weights(row):
    """How much the words of a row count, and the whole.

    Invented answers are marked as a whole, which says little of a word; of answers whose marks came
    from people only wrong ones are in train, so that their whole says nothing.
    """
    plain = row["made"] == "no"
    group = row["group"]
    words = 0.0 if group == "halueval-qa" and plain else 2.0 if group == "wice" else 1.0
    whole = 0.0 if group == "wice" and plain else 1.0
    return words, 0.5 * whole if row["made"] == "own" or group == "halueval-qa" else whole


def measured(row):
    """Whether a row left out counts: with wrong and right answers of one making."""
    return row["made"] == "cut" if row["group"] == "wice" else row["made"] != "own"
