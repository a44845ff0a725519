"""Compares trunks: what a linear head over their frozen sentence vectors makes of every task.

    trunks.py --jar JAR --data DIR [--task TASK ...]

DIR holds the folders of the tasks. A sentence vector is what its makers meant it to be
(trunk.ARTIFACTS: mean or first token, with or without a prefix); every component is scaled to zero
mean and unit variance over train, and the same logistic head with weight decay is fitted to all.
Groups of sources are left out as in `train.py --cross-validate`; the decay is the best of DECAYS
there, and dev is then read once with it. Own texts are no part of this: it compares trunks.
"""

import argparse
import json
import os
import random
import time
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import numpy as np
import torch
import torch.nn.functional as F

import measure
import train
from sentences import Sentences
from tasks import TASKS, fold_of

DECAYS = (1e-3, 1e-2, 1e-1, 1.0)
STEPS = 40
WINDOWS_MAX = 4
COMPARED = "domain jailbreak fact_check user_feedback modality complexity intent".split()


def figure(logits, rows, task):
    """The figure that a task is judged by, in per cent."""
    found = measure.Found(logits, torch.arange(len(rows)), rows, task)
    scores = measure.scores(found)
    for name in ("spearman_mmlu_pro", "auroc"):
        if name in scores and task.name in ("complexity", "jailbreak"):
            return 100 * scores[name], name
    return 100 * scores["accuracy"], "accuracy"


def fitted(x, wanted, weights, decay):
    weights = weights / weights.sum()

    def loss(z):
        return -(weights[:, None] * wanted * F.log_softmax(z, 1)).sum()

    return minimised(x, loss, wanted.shape[1], decay)


def minimised(x, loss, outputs, decay):
    """(weight [outputs, width], bias) of least loss, over all rows at once."""
    weight = torch.zeros(outputs, x.shape[1], requires_grad=True)
    bias = torch.zeros(outputs, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=STEPS, history_size=10)

    def closure():
        optimizer.zero_grad()
        cost = loss(x @ weight.T + bias) + decay * (weight**2).sum()
        cost.backward()
        return cost

    optimizer.step(closure)
    return weight.detach(), bias.detach()


def compared(task, sentences, folder, most):
    """(held out, dev, name of the figure, decay) of one task."""
    rows = train.read(folder / "train.jsonl.gz", task)
    rows = random.Random(0).sample(rows, min(most, len(rows)))
    dev = train.read(folder / "dev.jsonl.gz", task)
    x = torch.from_numpy(sentences.embed([r["text"] for r in rows]))
    new = torch.from_numpy(sentences.embed([r["text"] for r in dev]))
    shift, scale = x.mean(0), x.std(0)
    x, new = (x - shift) / scale, (new - shift) / scale
    wanted, folds = train.targets(rows, task), np.array(fold_of(task, rows))

    def head(members, decay):
        weights = train.evened(rows, members, task)[members]
        return fitted(x[members], wanted[members], weights, decay)

    def held_out(decay):
        logits = torch.zeros(len(rows), len(task.labels))
        for fold in sorted(set(folds) - {-1}):
            weight, bias = head(np.flatnonzero(folds != fold), decay)
            logits[folds == fold] = x[folds == fold] @ weight.T + bias
        some = np.flatnonzero(folds >= 0)
        return figure(logits[some], [rows[i] for i in some], task)[0]

    best, decay = max((held_out(decay), decay) for decay in DECAYS)
    weight, bias = head(np.arange(len(rows)), decay)
    known, name = figure(new @ weight.T + bias, dev, task)
    return {
        "held_out": round(best, 1),
        "dev": round(known, 1),
        "figure": name,
        "decay": decay,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--task", action="append", choices=COMPARED)
    parser.add_argument("--rows", type=int, default=12000, help="at most, drawn the same for all")
    parser.add_argument("--cache", type=Path, default=Path("build/training"))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sentences = Sentences(options.jar, options.cache, windows_max=WINDOWS_MAX)
    for name in options.task or COMPARED:
        started = time.time()
        line = {"trunk": sentences.artifact.name, "task": name}
        line |= compared(TASKS[name], sentences, options.data / name, options.rows)
        print(json.dumps(line | {"seconds": round(time.time() - started)}), flush=True)


if __name__ == "__main__":
    main()
