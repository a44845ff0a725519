"""Fits how likely each of 29 language models answers a question right; see ../README.md.

    train.py --jar JAR --data DIR --cross-validate     prints figures of questions left out
    train.py --jar JAR --data DIR                      head.safetensors, selection.json, figures

With x = (sentence vector, one element per category, what the text looks like, 1) and h = SiLU(H x)
the chances are sigmoid(O (h, x)): every model's own weights over x, and over hidden units that all
models share. For a share of the questions of every batch the category is hidden, so that the head
can do without. Several such heads are one in the file: their hidden units side by side, their
logits averaged. A share of every logit is the model's rate in the category, smoothed: few questions
tell two good models apart.
DIR holds train.jsonl.gz and dev.jsonl.gz with fields text, category, correct, out_chars, and
models.json. Settings were chosen by cross-validation over questions; leaving categories out is the
second measure. No row of dev is fitted on.
"""

import argparse
import gzip
import hashlib
import json
import math
import os
import re
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "training"))

import measure  # noqa: E402
from sentences import Sentences  # noqa: E402

SEED = 20261121
FOLDS = 5
HEADS, HIDDEN, EPOCHS, RATE, DECAY, BATCH = 4, 32, 15, 4e-3, 0.05, 512
DROPOUT, INPUT_DROPOUT, OWN_DROPOUT, HIDDEN_CATEGORIES = 0.3, 0.1, 0.5, 0.25
VECTOR_SCALE, LOOKS_SCALE, AVERAGED = 4.0, 0.5, 80
RATES_SHARE, RATES_PRIOR = 0.3, 2.0
OPTION = re.compile(r"\(?[A-J][.)]")
PRICE_WEIGHTS = np.concatenate([[0], np.geomspace(1e-3, 1e2, 120)])


def looks(text):
    """What a question looks like: logarithms of its length, of the length of what stands before its
    lettered options, and of their mean length; their number; shares of digits and of symbols."""
    lines = text.split("\n")
    options = [i for i, line in enumerate(lines) if OPTION.match(line)]
    before = "\n".join(lines[: options[0]] if options else lines)
    mean = sum(len(lines[i]) for i in options) / max(1, len(options))
    digits = sum("0" <= c <= "9" for c in text)
    symbols = sum(c > " " and not c.isalpha() for c in text) - digits
    size = max(1, len(text))
    lengths = [math.log(size), math.log(1 + len(before)), math.log(1 + mean)]
    return lengths + [len(options), digits / size, symbols / size]


class Questions:
    """Rows of a split as arrays: right [rows, models], asked, usd of 1000 such questions."""

    def __init__(self, file, models, categories, sentences):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            self.rows = [json.loads(line) for line in lines]
        found = [[-1 if c is None else c for c in r["correct"]] for r in self.rows]
        self.asked = np.array(found) >= 0
        self.right = (np.array(found) == 1).astype(np.float32)
        self.characters = np.array([len(r["text"]) for r in self.rows])
        lengths = [[c or 0 for c in r["out_chars"]] for r in self.rows]
        self.lengths = np.array(lengths) * self.asked
        self.looks = np.array([looks(r["text"]) for r in self.rows])
        self.vectors = sentences.embed([r["text"] for r in self.rows])
        self.category = np.array([categories.index(r["category"]) for r in self.rows])
        self.prices = [
            np.array([m[f"usd_per_mtok_{side}"] for m in models]) / 4000 for side in ("in", "out")
        ]

    def usd(self, lengths):
        """Of 1000 questions with answers of so many characters, four of which are a token."""
        return self.characters[:, None] * self.prices[0] + lengths * self.prices[1]


class Inputs:
    """How x is made: number of categories, and what looks are shifted and divided by."""

    def __init__(self, train, categories):
        self.categories = categories
        self.mean = train.looks.mean(0).round(4)
        self.scale = (train.looks.std(0) / LOOKS_SCALE).round(4)

    def of(self, questions, known=True):
        """x of every question; without its category where that is not known."""
        category = np.eye(len(self.categories))[questions.category] * known
        scaled = (questions.looks - self.mean) / self.scale
        x = [questions.vectors, category, scaled, np.ones((len(scaled), 1))]
        return torch.from_numpy(np.concatenate(x, 1).astype(np.float32))

    def categories_of(self, x):
        """The elements of x for categories."""
        first = x.shape[1] - len(self.mean) - 1 - len(self.categories)
        return slice(first, first + len(self.categories))


def chances(x, hidden, output):
    return torch.sigmoid(torch.cat([F.silu(x @ hidden.T), x], 1) @ output.T)


def loss_of(logits, right, asked):
    cost = F.binary_cross_entropy_with_logits(logits, right, reduction="none")
    return (cost * asked).sum() / asked.sum()


def fitted(x, right, asked, category):
    """(H, O) of all heads together; `category` are the elements of x that say it."""
    heads = [one_fitted(x, right, asked, category, SEED + i) for i in range(HEADS)]
    own = sum(own for _, _, own in heads) / HEADS * (1 - RATES_SHARE)
    shared = torch.cat([shared for _, shared, _ in heads], 1) / HEADS * (1 - RATES_SHARE)
    rates, all_rates = rates_of(x[:, category], right, asked)
    own[:, category] += RATES_SHARE * (rates - all_rates)
    own[:, -1:] += RATES_SHARE * all_rates
    return torch.cat([hidden for hidden, _, _ in heads]), torch.cat([shared, own], 1)


def rates_of(category, right, asked):
    """Logits of how often a model is right: [models, categories], and [models, 1] of all."""
    asked = asked.astype(np.float32)
    hits, count = ((a * asked).T @ category.numpy() for a in (right, np.ones_like(right)))
    total = (right * asked).sum(0)[:, None] / asked.sum(0)[:, None]
    rates = (hits + RATES_PRIOR * total) / (count + RATES_PRIOR)
    return [torch.logit(torch.from_numpy(r.astype(np.float32)), 1e-3) for r in (rates, total)]


def one_fitted(x, right, asked, category, seed):
    """(H, weights of H's units, weights of x), averaged over the last steps."""
    torch.manual_seed(seed)
    right, asked = torch.from_numpy(right), torch.from_numpy(asked.astype(np.float32))
    width, models, vector = x.shape[1], right.shape[1], category.start
    scale = torch.ones(width)
    scale[:vector] = VECTOR_SCALE
    hidden = torch.nn.Parameter(torch.randn(HIDDEN, width) / math.sqrt(width))
    shared = torch.nn.Parameter(torch.randn(models, HIDDEN) * 0.04)
    own = torch.nn.Parameter(torch.zeros(models, width))
    own.data[:, -1] = torch.logit((right * asked).sum(0) / asked.sum(0))
    parameters = [hidden, shared, own]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY)
    average, step = [p.detach().clone() for p in parameters], 0
    steps = EPOCHS * math.ceil(len(x) / BATCH)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(x)).split(BATCH):
            rate = RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
            optimizer.param_groups[0]["lr"] = rate
            batch = x[part] * scale
            batch[torch.rand(len(part)) < HIDDEN_CATEGORIES, category] = 0
            seen = torch.cat([F.dropout(batch[:, :-1], INPUT_DROPOUT), batch[:, -1:]], 1)
            inner = F.dropout(F.silu(seen @ hidden.T), DROPOUT)
            direct = torch.cat([F.dropout(seen[:, :vector], OWN_DROPOUT), seen[:, vector:]], 1)
            logits = inner @ shared.T + direct @ own.T
            loss = loss_of(logits, right[part], asked[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            for mean, parameter in zip(average, parameters):
                mean.lerp_(parameter.detach(), 1 / min(step, AVERAGED))
    hidden, shared, own = average
    return hidden * scale, shared, own * scale


def figures(p, questions, lengths):
    """What choices by the chances p [rows, models] reach; see SelectionMeasure of the bench."""
    rows, asked, right = np.arange(len(p)), questions.asked, questions.right
    paid, expected = questions.usd(questions.lengths), questions.usd(lengths)

    def spent(choice):
        ok = asked[rows, choice]
        return right[rows, choice][ok].mean(), paid[rows, choice][ok].mean()

    models = range(p.shape[1])
    singles = [spent(np.full(len(p), m)) for m in models]
    best = max(singles)
    priced = [spent((p - w * expected).argmax(1)) for w in PRICE_WEIGHTS]
    aurocs = [measure.auroc(p[asked[:, m], m], right[asked[:, m], m] > 0) for m in models]
    accuracy, usd = spent(p.argmax(1))
    report = {
        "rows": len(p),
        "accuracy": accuracy,
        "usd_per_1k": usd,
        "best_single": best[0],
        "best_single_usd_per_1k": best[1],
        "accuracy_at_quarter_cost": max(a for a, cost in priced if cost <= best[1] / 4),
        "oracle": (right * asked).max(1).mean(),
        "mean_auroc": np.mean(aurocs),
        "ece": measure.calibration_error(p[asked], right[asked] > 0),
    }
    return {k: v if k == "rows" else round(float(v), 4) for k, v in report.items()}


def validated(questions, folds, inputs):
    """Chances of every question by a head that saw none of its fold: with category, and without."""
    asking = [inputs.of(questions, known) for known in (True, False)]
    found = [np.zeros(questions.right.shape, np.float32) for _ in asking]
    for fold in sorted(set(folds)):
        kept, out = folds != fold, folds == fold
        category = inputs.categories_of(asking[0])
        head = fitted(asking[0][kept], questions.right[kept], questions.asked[kept], category)
        for p, x in zip(found, asking):
            p[out] = chances(x[out], *head).numpy()
    return found


def mean_lengths(questions):
    return questions.lengths.sum(0) / questions.asked.sum(0)


def written(head, models, inputs):
    shape = {
        "models": [m["model"] for m in models],
        "categories": inputs.categories,
        "looks_mean": inputs.mean.tolist(),
        "looks_scale": inputs.scale.tolist(),
        "hidden": len(head[0]),
    }
    text = re.sub(r"\[[^\[\]]*\]", lambda m: " ".join(m[0].split()), json.dumps(shape, indent=1))
    (HERE / "selection.json").write_text(text + "\n")
    tensors = dict(zip(("hidden", "output"), head))
    file = HERE / "head.safetensors"
    save_file({n: t.numpy().astype(np.float16) for n, t in tensors.items()}, file)
    file.chmod(0o644)
    stored = load_file(file)
    return [torch.from_numpy(stored[n].astype(np.float32)) for n in tensors]


def cross_validation(train, inputs):
    lengths = mean_lengths(train)
    folds = np.random.RandomState(SEED).randint(0, FOLDS, len(train.rows))
    known, unknown = validated(train, folds, inputs)
    _, elsewhere = validated(train, train.category, inputs)
    report = {
        "questions_left_out": figures(known, train, lengths),
        "questions_left_out_category_unknown": figures(unknown, train, lengths),
        "categories_left_out": figures(elsewhere, train, lengths),
    }
    for name, found in report.items():
        print(name, found, flush=True)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("build/training"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cross-validate", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    models = json.loads((options.data / "models.json").read_text())["models"]
    sentences = Sentences(options.jar, options.cache)
    with gzip.open(options.data / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        categories = sorted({json.loads(line)["category"] for line in lines} - {"other"})
    categories.append("other")
    train = Questions(options.data / "train.jsonl.gz", models, categories, sentences)
    inputs = Inputs(train, categories)
    report = {}
    if not options.cross_validate:
        dev = Questions(options.data / "dev.jsonl.gz", models, categories, sentences)
        x = inputs.of(train)
        head = fitted(x, train.right, train.asked, inputs.categories_of(x))
        head = written(head, models, inputs)
        for name, known in (("dev", True), ("dev_category_unknown", False)):
            found = chances(inputs.of(dev, known), *head).numpy()
            report[name] = figures(found, dev, mean_lengths(train))
    report |= cross_validation(train, inputs)
    if options.cross_validate:
        return
    weights = hashlib.sha256((HERE / "head.safetensors").read_bytes()).hexdigest()
    (HERE / "evaluation.json").write_text(
        json.dumps({"seed": SEED, "weights": weights} | report, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
