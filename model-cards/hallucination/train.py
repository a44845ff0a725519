"""Trains what says which words of an answer its context does not support; see ../README.md.

    train.py --jar JAR --data DIR

Two models read the evidence of words (evidence.py): a small network (network.py) that knows nothing
else, and a classifier of tokens over the trunk (pairs.py) that reads the texts with it. The chance
of a word is the mean of both on the scale of logits. Of the whole answer a logistic model says the
chance: of the logits of both, and of the share of its rarer words whose stem the context lacks. It
is fitted on every fifth row of train, which neither model has seen, as are the thresholds of spans.
--groups trains on all groups but one, for each, and measures that one. No row of dev is trained on.

Writes the adapter, evidence.safetensors, checker.json and evaluation.json.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "training")]

import adapter
import evidence
import judge
import network
import pairs
import rows
import trunk

PLENTY = 100_000
EVIDENCE, LAST_WEIGHTS = 4, 2e-3


def logit(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def missing(answer, frequent):
    """Share of the rarer words of an answer whose stem its context lacks."""
    known = {evidence.stem(w) for w in evidence.words(answer.row["context"])}
    rare = [answer.words[i] for i in answer.kept if answer.words[i].folded not in frequent]
    return sum(evidence.stem(w) not in known for w in rare) / max(1, len(rare))


class Item:
    """One row as both models read it."""

    def __init__(self, row, frequent, tokenizer):
        self.row = row
        self.answer = network.Answer(row, frequent)
        self.pair = pairs.Pair(row, tokenizer)
        self.missing = missing(self.answer, frequent)


class Both:
    """The two models, and what joins their scores."""

    def __init__(self, of_words, of_pairs, joint=None):
        self.of_words, self.of_pairs, self.joint = of_words, of_pairs, joint

    def read(self, items):
        """(chances of the words of every item, inputs of the joint model)."""
        chances, inputs = [], []
        for item, (mine, score) in zip(items, pairs.found(self.of_pairs, [i.pair for i in items])):
            theirs, other = network.found(self.of_words, item.answer)
            mean = [
                1 / (1 + np.exp(-(logit(mine.get(i, p)) + logit(p)) / 2))
                for i, p in zip(item.answer.kept, theirs)
            ]
            chances.append(mean)
            inputs.append((logit(score), logit(other), item.missing, 1.0))
        return chances, np.array(inputs)

    def results(self, items):
        chances, inputs = self.read(items)
        scores = 1 / (1 + np.exp(-inputs @ self.joint))
        return list(zip(chances, scores.tolist()))


def fitted(inputs, items):
    """The logistic model; right and wrong answers of each group count alike."""
    kinds = [(i.row["group"], i.row["label"]) for i in items]
    weights = np.array([1 / kinds.count(kind) for kind in kinds])
    weights /= weights.sum()
    wanted = np.array([i.row["label"] == rows.HALLUCINATED for i in items], float)
    joint = np.zeros(EVIDENCE)
    for _ in range(5000):
        p = 1 / (1 + np.exp(-inputs @ joint))
        joint -= 0.5 * (inputs.T @ (weights * (p - wanted)) + LAST_WEIGHTS * joint * (1, 1, 0.1, 0))
    return joint


def trained(items, weights):
    of_words = network.trained([i.answer for i in items])
    return Both(of_words, pairs.trained([i.pair for i in items], weights))


def judged(items, results, cut):
    return judge.judged([i.answer for i in items], results, cut)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--groups", action="store_true", help="measure groups left out, too")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main():
    options, started = arguments(), time.time()
    torch.set_num_threads(options.threads)
    weights, tokenizer = trunk.load_trunk(options.jar), trunk.load_tokenizer(options.jar, PLENTY)
    data = rows.prepared(rows.read(options.data / "train.jsonl.gz"))
    frequent = network.frequent_words(data)
    items = [Item(row, frequent, tokenizer) for row in data]
    print(f"{len(items)} rows, {time.time() - started:.0f} s", flush=True)
    left = [i for i in items if i.row["inside"] and rows.measured(i.row)]
    both = trained([i for i in items if not i.row["inside"]], weights)
    network.save(both.of_words, options.out)
    adapter.save_tokens(both.of_pairs, options.out, pairs.SETTINGS)
    # What is measured is what was written.
    stored = adapter.merged_tokens(weights, options.out, pairs.SETTINGS)
    both = Both(network.load(options.out), stored)
    chances, inputs = both.read(left)
    # Whole answers that were invented are told apart without fail and would hide all the rest.
    alike = [k for k, item in enumerate(left) if item.row["group"] != "halueval-qa"]
    both.joint = np.round(fitted(inputs[alike], [left[k] for k in alike]), 4)
    results = both.results(left)
    cut = judge.chosen([left[k].answer for k in alike], [results[k] for k in alike])
    dev = [row | {"made": "no"} for row in rows.read(options.data / "dev.jsonl.gz")]
    dev = [Item(row, frequent, tokenizer) for row in dev]
    report = {
        "seed": network.SEED,
        "trained_tokens": pairs.LENGTH,
        "weights": hashlib.sha256((options.out / adapter.WEIGHTS).read_bytes()).hexdigest(),
        "thresholds_by_type": {name: cut[name] for name in ("opens", "continues")},
        "joint": dict(zip(("pair", "words", "missing", "constant"), both.joint.tolist())),
        "every_fifth_row": judged(left, results, cut),
        "dev": judged(dev, both.results(dev), cut),
    }
    write_checker(options.out / "checker.json", report["joint"], frequent)
    if options.groups:
        report["groups_left_out"] = {
            group: without(items, group, weights, both.joint, cut) for group in rows.GROUPS
        }
    (options.out / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def write_checker(file, joint, frequent):
    checker = {"joint": joint, "frequent_words": list(frequent)}
    file.write_text(json.dumps(checker, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def without(items, group, weights, joint, cut):
    """Figures of a group by models of the others."""
    both = trained([i for i in items if i.row["group"] != group], weights)
    both.joint = joint
    some = [i for i in items if i.row["group"] == group and rows.measured(i.row)]
    print(f"{group} left out", flush=True)
    return judged(some, both.results(some), cut)["all"]


if __name__ == "__main__":
    main()
