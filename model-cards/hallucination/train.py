"""Trains what says which words of an answer its context does not support; see ../README.md.

    train.py --data DIR      writes evidence.safetensors, words.json and evaluation.json

A small network reads, for every word of the answer, the types (evidence.py) of the seven words
around it, three words themselves where they are frequent, its length, and how the whole answer
stands. One layer of rectified sums gives the chance that the word is unsupported; the maximum of
that layer over the words gives the chance that anything is. Choices were made by figures of every
fifth row, left out; --groups measures whole groups left out. No row of dev is trained on.
"""

import argparse
import gzip
import json
import math
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "training"))

import evidence  # noqa: E402
import exchanges  # noqa: E402
from measure import auroc, calibration_error  # noqa: E402

SEED, HIDDEN, EPOCHS, BATCH, RATE, DECAY, DROPOUT = 20261121, 64, 6, 64, 4e-3, 0.02, 0.15
AROUND, NEAR = (-3, -2, -1, 0, 1, 2, 3), (-1, 0, 1)
FREQUENT, LENGTHS, WHOLE = 250, 12, 8
OUTSIDE = evidence.STOP_TYPE + 1
TYPES = OUTSIDE + 1
WORDS_AT = len(AROUND) * TYPES
LENGTHS_AT = WORDS_AT + len(NEAR) * (FREQUENT + 1)
FEATURES = LENGTHS_AT + LENGTHS
ROW = len(AROUND) + len(NEAR) + 1
GROUPS = {"perturbed": 1500, "wice": 700, "halueval-qa": 700}
HALLUCINATED = "hallucinated"
TENSORS = "evidence.safetensors"


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


class Answer:
    """The words of a row and what the network reads of them."""

    def __init__(self, row, frequent):
        self.row = row
        found = evidence.Evidence(row["context"], row.get("question") or "", row["answer"])
        self.words, self.types = found.answer, found.types
        self.kept = [i for i, w in enumerate(self.words) if not w.stop]
        self.features = [self.of(i, frequent) for i in self.kept]
        self.features = torch.tensor(self.features, dtype=torch.int32).reshape(-1, ROW)
        self.whole = torch.tensor(self.summary())
        spans = row["spans"]
        over = lambda w: any(s["start"] < w.end and w.start < s["end"] for s in spans)
        self.wanted = torch.tensor([float(over(self.words[i])) for i in self.kept])

    def of(self, i, frequent):
        inside = lambda j: 0 <= j < len(self.words)
        result = [
            TYPES * k + (self.types[i + o] if inside(i + o) else OUTSIDE)
            for k, o in enumerate(AROUND)
        ]
        for k, o in enumerate(NEAR):
            known = frequent.get(self.words[i + o].folded, 0) if inside(i + o) else 0
            result.append(WORDS_AT + (FREQUENT + 1) * k + known)
        length = min(len(self.words[i].folded), LENGTHS - 1)
        return result + [LENGTHS_AT + length]

    def summary(self):
        """Shares of each presence, how long the answer is, how many words replace others."""
        frames, kinds = evidence.FRAMES, evidence.KINDS
        types = [self.types[i] for i in self.kept]
        present = Counter(t // (frames * kinds) for t in types)
        replacing = sum(t // kinds % frames >= evidence.ONE_SIDE for t in types)
        count = max(1, len(types))
        shares = [present[p] / count for p in range(evidence.PRESENCES)]
        return shares + [math.log(1 + count) / 4, min(3, replacing) / 3]


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.EmbeddingBag(FEATURES, HIDDEN, mode="sum")
        nn.init.normal_(self.features.weight, std=0.05)
        self.whole = nn.Linear(WHOLE, HIDDEN)
        self.word = nn.Linear(HIDDEN, 1)
        self.answer = nn.Linear(HIDDEN + WHOLE, 1)

    def forward(self, features, whole, owner):
        """Logits of every word, and of every answer."""
        x = torch.relu(self.features(features) + self.whole(whole)[owner])
        x = F.dropout(x, DROPOUT, self.training)
        most = torch.zeros(len(whole), HIDDEN)
        most = most.scatter_reduce(0, owner[:, None].expand_as(x), x, "amax")
        return self.word(x)[:, 0], self.answer(torch.cat([most, whole], 1))[:, 0]


def batch(answers):
    """What the network reads of some answers."""
    features = torch.cat([a.features for a in answers])
    sizes = torch.tensor([len(a.features) for a in answers])
    owner = torch.repeat_interleave(torch.arange(len(answers)), sizes)
    return features, torch.stack([a.whole for a in answers]), owner


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


def trained(answers):
    picker = random.Random(SEED)
    torch.manual_seed(SEED)
    network, answers = Network(), [a for a in answers if len(a.features)]
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    step, total = 0, EPOCHS * (len(answers) // BATCH + 1)
    for _ in range(EPOCHS):
        picker.shuffle(answers)
        for at in range(0, len(answers), BATCH):
            some = answers[at : at + BATCH]
            features, whole, owner = batch(some)
            share = min(1, (step + 1) / 60) * 0.5 * (1 + math.cos(math.pi * step / total))
            optimizer.param_groups[0]["lr"] = RATE * share
            of_word, of_whole = torch.tensor([weights(a.row) for a in some]).T
            wrong = torch.tensor([float(a.row["label"] == HALLUCINATED) for a in some])
            wanted = torch.cat([a.wanted for a in some])
            words, answer = network(features, whole, owner)
            cost = F.binary_cross_entropy_with_logits
            loss = (cost(words, wanted, reduction="none") * of_word[owner]).mean()
            loss = loss + 0.5 * (cost(answer, wrong, reduction="none") * of_whole).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return network.eval()


@torch.no_grad()
def found(network, answer):
    """(chance of every word, score of the whole): the mean of its chance and the worst word's."""
    if not len(answer.features):
        return [], 0.0
    words, whole = network(*batch([answer]))
    chances = torch.sigmoid(words.double()).tolist()
    return chances, (torch.sigmoid(whole.double()).item() + max(chances)) / 2


def spans(answer, chances, opens, continues):
    """Runs of words of at least `continues`, of which one has `opens`; stops end a run."""
    runs, before = [], None
    for i, chance in zip(answer.kept, chances):
        if chance >= continues:
            word = answer.words[i]
            if before is not None and before == i - 1:
                runs[-1] = (runs[-1][0], word.end, max(runs[-1][2], chance))
            else:
                runs.append((word.start, word.end, chance))
            before = i
    return [run for run in runs if run[2] >= opens]


def verdict(answer, chances, score, cut):
    """Spans of an answer: none below the threshold, and where no word opens one the worst."""
    if score < cut["default"]:
        return []
    result = spans(answer, chances, cut["opens"], cut["continues"])
    if result or not chances:
        return result
    worst = max(range(len(chances)), key=lambda i: chances[i])
    word = answer.words[answer.kept[worst]]
    return [(word.start, word.end, chances[worst])]


def character_f1(answers, results, cut):
    right = said = wanted = 0
    for answer, (chances, score) in zip(answers, results):
        mine = {c for a, b, _ in verdict(answer, chances, score, cut) for c in range(a, b)}
        theirs = {c for s in answer.row["spans"] for c in range(s["start"], s["end"])}
        right, said, wanted = right + len(mine & theirs), said + len(mine), wanted + len(theirs)
    return 2 * right / max(1, said + wanted)


def figures(answers, results, cut):
    score = np.array([r[1] for r in results])
    wrong = np.array([a.row["label"] == HALLUCINATED for a in answers])
    flagged = score >= cut["default"]
    sure = np.where(flagged, score, 1 - score)
    return {
        "auroc": round(auroc(score, wrong), 4),
        "character_f1": round(character_f1(answers, results, cut), 4),
        "accuracy": round(float((flagged == wrong).mean()), 4),
        "false_positives": round(float(flagged[~wrong].mean()), 4),
        "ece": round(calibration_error(sure, flagged == wrong), 4),
    }


def judged(answers, results, cut):
    """Figures of all and of each group."""
    groups = defaultdict(list)
    for i, answer in enumerate(answers):
        groups[answer.row["group"]].append(i)
    report = {"all": figures(answers, results, cut)}
    for name, inside in sorted(groups.items()):
        some = [answers[i] for i in inside], [results[i] for i in inside]
        report[name] = figures(*some, cut)
    return report


def measured(answer):
    """Whether a row left out counts: with wrong and right answers of one making."""
    own = answer.row["made"]
    return own == "cut" if answer.row["group"] == "wice" else own != "own"


def chosen(answers, results):
    """Thresholds: of the whole by most right answers, of spans by the F1 of characters."""
    score = np.array([r[1] for r in results])
    wrong = np.array([a.row["label"] == HALLUCINATED for a in answers])
    cuts = np.round(np.arange(0.1, 0.9, 0.01), 2)
    default = max(cuts, key=lambda c: ((score >= c) == wrong).mean())
    best = None
    for opens in np.round(np.arange(0.2, 0.75, 0.05), 2):
        for continues in np.round(np.arange(0.1, opens + 0.01, 0.05), 2):
            cut = {"default": default, "opens": opens, "continues": continues}
            value = character_f1(answers, results, cut)
            if best is None or value > best[0]:
                best = value, cut
    return {name: round(float(value), 2) for name, value in best[1].items()}


def save(network, folder):
    tensors = {
        "features": network.features.weight,
        "whole": network.whole.weight,
        "whole_bias": network.whole.bias[None],
        "word": network.word.weight,
        "word_bias": network.word.bias[None],
        "answer": network.answer.weight,
        "answer_bias": network.answer.bias[None],
    }
    halves = {n: t.detach().numpy().astype(np.float16) for n, t in tensors.items()}
    save_file(halves, folder / TENSORS)
    (folder / TENSORS).chmod(0o644)


def load(folder):
    halves = load_file(folder / TENSORS)
    stored = {n: torch.from_numpy(t.astype(np.float32)) for n, t in halves.items()}
    network = Network()
    network.features.weight.data = stored["features"]
    for name in ("whole", "word", "answer"):
        layer = getattr(network, name)
        layer.weight.data, layer.bias.data = stored[name], stored[name + "_bias"][0]
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--groups", action="store_true", help="measure groups left out, too")
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    torch.set_num_threads(1)
    train, dev = (read(options.data / f"{split}.jsonl.gz") for split in ("train", "dev"))
    rows = prepared(train)
    count = Counter(w.folded for r in rows for w in evidence.words(r["answer"]))
    frequent = {word: i + 1 for i, (word, _) in enumerate(count.most_common(FREQUENT))}
    answers = [Answer(row, frequent) for row in rows]
    report = {"seed": SEED}

    def left_out(out):
        network = trained([a for a in answers if not out(a)])
        some = [a for a in answers if out(a) and measured(a)]
        return network, some, [found(network, a) for a in some]

    # What ships has not seen every fifth row, and its thresholds are chosen by these.
    network, *inside = left_out(lambda a: a.row["inside"])
    alike = [i for i, a in enumerate(inside[0]) if a.row["group"] != "halueval-qa"]
    cut = chosen(*[[part[i] for i in alike] for part in inside])
    report |= {"thresholds": cut, "every_fifth_row": judged(*inside, cut)}
    save(network, options.out)
    text = json.dumps(list(frequent), indent=1, ensure_ascii=False)
    (options.out / "words.json").write_text(text + "\n", encoding="utf-8")
    network = load(options.out)
    dev = [Answer(row | {"made": "no"}, frequent) for row in dev]
    report["dev"] = judged(dev, [found(network, a) for a in dev], cut)
    if options.groups:
        for group in GROUPS:
            _, *out = left_out(lambda a: a.row["group"] == group)
            report.setdefault("groups_left_out", {})[group] = figures(*out, cut)
    (options.out / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
