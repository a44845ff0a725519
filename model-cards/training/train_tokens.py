"""Trains and measures a classifier of tokens; see ../README.md for the commands.

    train_tokens.py TASK --jar JAR --data DIR --exact DIR --cross-validate
    train_tokens.py TASK --jar JAR --data DIR --exact DIR

JAR and DIR are those of train.py. The folder of --exact holds train.jsonl and dev.jsonl as
`./gatun classify --task pii` answers them: the spans found by their form, which are the same
whatever the model is. No row of dev is trained on; thresholds come from the rows left out.
"""

import gzip
import hashlib
import json
import os
import time
from collections import Counter, defaultdict
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import torch

import adapter
import shapes
import spans
import tokens
import trunk
from token_tasks import TOKEN_TASKS
from train import arguments, prepared, written

SETTINGS = (
    "length first rank alpha epochs rate decay dropout masked smoothing batch_tokens own_count"
).split()
FEWEST = 50
PRICE = 4.0
CUTS = [round(0.4 + 0.02 * i, 2) for i in range(30)]


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_exact(path):
    """For every row the spans found by form; all of them where the file does not say by what."""
    with open(path, encoding="utf-8") as lines:
        answers = [json.loads(line)["spans"] for line in lines]
    return [[s for s in found if s.get("found_by", "form") == "form"] for found in answers]


class Bench:
    """One task with its rows."""

    def __init__(self, task, options):
        self.task, self.options = task, options
        self.weights = trunk.load_trunk(options.jar)
        self.tokenizer = trunk.load_tokenizer(options.jar, task.length)
        self.rows = read(options.data / "train.jsonl.gz")
        self.dev = read(options.data / "dev.jsonl.gz")
        files = {name: options.exact / f"{name}.jsonl" for name in ("train", "dev")}
        self.exact = {name: read_exact(file) for name, file in files.items()}
        self.folds = [task.fold(row) for row in self.rows]

    def encoded(self, rows):
        result = []
        for row, e in zip(rows, self.tokenizer.encode_batch([r["text"] for r in rows])):
            one = {"ids": e.ids, "offsets": e.offsets}
            one["kinds"] = shapes.token_types(row["text"], e.offsets)
            one["tags"] = spans.tagged(e.offsets, row["spans"], self.task.labels)
            result.append(one)
        return result

    def fresh(self, precision=torch.bfloat16):
        task = self.task
        torch.manual_seed(self.options.seed)
        types = shapes.TYPES if task.shapes else 2
        return tokens.TokenBert(
            self.weights, len(task.labels), task.rank, task.alpha, task.dropout, precision,
            task.first, types,
        )  # fmt: skip

    def trained(self, kept):
        """A model of the rows `kept` and of own ones."""
        task, seed = self.task, self.options.seed
        rows = [self.rows[i] for i in kept]
        share = len(rows) / len(self.rows)
        every, bounds = [], [0]
        for epoch, made in enumerate(task.variants(rows, seed, task.epochs)):
            own = task.own(seed + 1000 * epoch, int(task.own_count * share))
            every += self.encoded(made + own)
            bounds.append(len(every))
        model = self.fresh()
        members = lambda epoch: range(bounds[epoch], bounds[epoch + 1])
        tokens.train(model, every, members, task, seed)
        return model

    def found(self, model, rows):
        """What the model alone finds: spans with scores, grown to words."""
        coded, result = self.encoded(rows), []
        for row, one, logits in zip(rows, coded, tokens.predict(model, coded)):
            score, best = torch.softmax(logits.double(), 1).max(1)
            names = [self.task.labels[i] for i in best]
            found = spans.runs(names, score.tolist(), one["offsets"])
            text = row["text"]
            result.append(spans.joined(text, spans.snapped(text, found)))
        return result


def merged(rows, found, exact, thresholds):
    return [
        spans.merged(row["text"], mine, theirs, thresholds)
        for row, mine, theirs in zip(rows, found, exact)
    ]


def chosen(rows, found, exact):
    """For every type the threshold of best F1, where a wrong span in a hard negative counts more.

    Rarely found types have none of their own.
    """
    thresholds = {}
    everything = merged(rows, found, exact, defaultdict(float))
    stats = defaultdict(list)
    wanted_count = Counter(s["type"] for r in rows for s in r["spans"])
    for row, said in zip(rows, everything):
        wanted = {(s["start"], s["end"], s["type"]) for s in row["spans"]}
        for s in said:
            if s.get("score_min") is None:
                continue
            right = (s["start"], s["end"], s["type"]) in wanted
            stats[s["type"]].append((s["score"], right, row["group"] == "hard-negative"))
    for kind, entries in sorted(stats.items()):
        if len(entries) < FEWEST:
            continue
        best = None
        for cut in CUTS:
            kept = [e for e in entries if e[0] >= cut]
            hit = sum(e[1] for e in kept)
            wrong = sum(1 + (PRICE - 1) * e[2] for e in kept if not e[1])
            value = 2 * hit / max(1, hit + wrong + wanted_count[kind])
            if best is None or value > best[0] + 1e-4:
                best = (value, cut)
        thresholds[kind] = best[1]
    return thresholds


def cross_validate(bench, options):
    rows, found, exact, started = [], [], [], time.time()
    for fold in sorted(set(bench.folds) - {-1}):
        if options.fold is not None and fold not in options.fold:
            continue
        out = [i for i, f in enumerate(bench.folds) if f == fold]
        kept = [i for i, f in enumerate(bench.folds) if f != fold]
        out_rows = [bench.rows[i] for i in out]
        file = options.cache / f"{bench.task.name}-fold{fold}.json"
        if not options.again:
            spoken = bench.found(bench.trained(kept), out_rows)
            written(file, spoken)
        spoken = json.loads(file.read_text())
        their = [bench.exact["train"][i] for i in out]
        rows, found, exact = rows + out_rows, found + spoken, exact + their
        figures = spans.figures(out_rows, merged(out_rows, spoken, their, {}))
        print(f"fold {fold}: {figures} {time.time() - started:.0f} s", flush=True)
    thresholds = chosen(rows, found, exact)
    report = spans.figures(rows, merged(rows, found, exact, thresholds))
    report["folds"] = len(options.fold or set(bench.folds))
    return report, thresholds


def final(bench, options, validated):
    task = bench.task
    if not options.evaluate_only:
        model = bench.trained(list(range(len(bench.rows))))
        adapter.save_tokens(model, options.out, task)
    model = adapter.merged_tokens(bench.weights, options.out, task)
    found = bench.found(model, bench.dev)
    thresholds = validated["thresholds"]
    dev = spans.figures(bench.dev, merged(bench.dev, found, bench.exact["dev"], thresholds))
    return {
        "seed": options.seed,
        "trained_tokens": task.window,
        "torch": torch.__version__,
        "weights": hashlib.sha256((options.out / adapter.WEIGHTS).read_bytes()).hexdigest(),
        "settings": {name: getattr(task, name) for name in SETTINGS},
        "thresholds_by_type": thresholds,
        "dev": dev,
        "cross_validation": validated["report"],
        "rows": dict(sorted(Counter(r["source"] for r in bench.rows).items())),
    }


def main():
    parser = arguments(__doc__, TOKEN_TASKS)
    parser.add_argument("--exact", type=Path, required=True)
    parser.add_argument("--again", action="store_true", help="folds as an earlier run kept them")
    options, task = prepared(parser, TOKEN_TASKS)
    bench = Bench(task, options)
    crossval = options.cache / f"{task.name}-crossval.json"
    if options.cross_validate:
        report, thresholds = cross_validate(bench, options)
        if options.again or not options.fold:
            written(crossval, {"thresholds": thresholds, "report": report})
        print(json.dumps(report, indent=1), thresholds)
        return
    report = final(bench, options, json.loads(crossval.read_text()))
    written(options.out / "evaluation.json", report)
    print(json.dumps(report["dev"]))


if __name__ == "__main__":
    main()
