"""What the figures of a card mean: accuracy, AUROC, rank correlation, calibration, thresholds."""

import math
from collections import defaultdict

import numpy as np
import torch

from fit import pooled

RATES = (0.01, 0.02, 0.05)
SHARPEST = 12.0
CONFUSION_LABELS_MAX = 32
NONE = "oos"


class Found:
    """Logits of all windows of some rows, what their words vote for, and what that says.

    votes: log probabilities (words.py), which count `share` times as much as those of the encoder;
    [windows, labels] under max pooling, as `logits` are, else [rows, labels].
    sharpness: by what the log odds of the second of two labels are multiplied where it is the
    likelier one (inference/Sharpness.java of the server).
    """

    def __init__(self, logits, owner, rows, task, votes=None, share=0.0, sharpness=1.0):
        self.logits, self.owner, self.rows, self.task = logits.double(), owner, rows, task
        self.wanted = np.array([task.labels.index(r["label"]) for r in rows])
        count = len(logits) if task.pooling == "max" else len(rows)
        self.votes = np.zeros((count, len(task.labels))) if votes is None else votes
        self.share, self.sharpness = share, sharpness

    def sharing(self, share):
        """The same with another share of the words."""
        return Found(self.logits, self.owner, self.rows, self.task, self.votes, share)

    def sharpened(self, sharpness):
        """The same with another sharpness."""
        votes, share = self.votes, self.share
        return Found(self.logits, self.owner, self.rows, self.task, votes, share, sharpness)

    def shares(self, temperature=1.0, shift=0.0):
        """Probabilities [rows, labels], as the server computes them.

        `shift` comes off the logit of the second of two labels, as `adapter.save` does it.
        """
        logits = self.logits.clone()
        if shift:
            logits[:, 1] -= shift
        said = self.share * torch.from_numpy(self.votes)
        logits = logits / temperature
        if self.task.pooling == "max":  # a window of the text is judged by its own words
            logits, said = logits + said, 0.0
        mixed = pooled(logits.float(), self.owner, len(self.rows), self.task).double() + said
        if self.sharpness != 1:
            odds = mixed[:, 1] - mixed[:, 0]
            odds = torch.where(odds > 0, self.sharpness * odds, odds)
            mixed = torch.stack([torch.zeros_like(odds), odds], 1)
        return torch.softmax(mixed, 1).numpy()

    def first(self, count):
        """Of the first so many rows."""
        kept = self.owner < count
        rows = self.rows[:count]
        votes = self.votes[kept] if self.task.pooling == "max" else self.votes[:count]
        return Found(self.logits[kept], self.owner[kept], rows, self.task, votes, self.share)

    @staticmethod
    def joined(parts):
        """One of several, for the folds of a cross-validation."""
        rows, owners = [], []
        for part in parts:
            owners.append(part.owner + len(rows))
            rows += part.rows
        logits = torch.cat([part.logits for part in parts])
        votes = np.concatenate([part.votes for part in parts])
        return Found(logits, torch.cat(owners), rows, parts[0].task, votes, parts[0].share)


def auroc(scores, positive):
    """Chance that a positive scores above a negative; ties count half."""
    scores, positive = np.asarray(scores), np.asarray(positive, bool)
    ranks = average_ranks(scores)
    p, n = positive.sum(), (~positive).sum()
    if p == 0 or n == 0:
        return float("nan")
    return float((ranks[positive].sum() - p * (p + 1) / 2) / (p * n))


def average_ranks(values):
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.bincount(inverse, ranks) / counts)[inverse]


def spearman(a, b):
    return float(np.corrcoef(average_ranks(np.asarray(a)), average_ranks(np.asarray(b)))[0, 1])


def calibration_error(confidence, right, bins=15):
    """Expected calibration error over equal-width bins (Guo et al. 2017)."""
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        inside = index == b
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)


def by_group(rows, values):
    groups = defaultdict(list)
    for r, value in zip(rows, values):
        groups[r["part"]].append(value)
    return groups


def scores(found, temperature=1.0, shift=0.0):
    """Figures of a split: accuracy, macro F1, calibration error, parts, labels, confusion."""
    task, wanted = found.task, found.wanted
    shares = found.shares(temperature, shift)
    got = shares.argmax(1)
    confusion = np.zeros((len(task.labels),) * 2, int)
    np.add.at(confusion, (wanted, got), 1)
    hit = confusion.diagonal()
    f1 = 2 * hit / np.maximum(1, confusion.sum(0) + confusion.sum(1))
    groups = by_group(found.rows, got == wanted)
    report = {
        "rows": len(found.rows),
        "accuracy": round(float((wanted == got).mean()), 4),
        "macro_f1": round(float(f1.mean()), 4),
        "ece": round(calibration_error(shares.max(1), wanted == got), 4),
        "parts": {
            name: {"rows": len(v), "accuracy": round(float(np.mean(v)), 4)}
            for name, v in sorted(groups.items())
        },
    }
    report |= special(found, shares)
    report["labels"] = {
        name: {
            "rows": int(confusion[i].sum()),
            "precision": round(float(hit[i] / max(1, confusion[:, i].sum())), 4),
            "recall": round(float(hit[i] / max(1, confusion[i].sum())), 4),
        }
        for i, name in enumerate(task.labels)
    }
    if len(task.labels) <= CONFUSION_LABELS_MAX:
        report["confusion"] = confusion.tolist()
    return report


def special(found, shares):
    """Figures that not every task has: AUROC of two labels, rank correlation of a score."""
    if "score" in found.rows[0]:
        exam = [i for i, r in enumerate(found.rows) if r["source"].startswith("TIGER")]
        hardness = shares @ np.linspace(0, 1, shares.shape[1])
        truth = [found.rows[i]["score"] for i in exam]
        return {"spearman_mmlu_pro": round(spearman(hardness[exam], truth), 4)} if exam else {}
    if NONE in found.task.labels:
        return abstention(found, shares)
    if len(found.task.labels) == 2 and 0 < found.wanted.sum() < len(found.wanted):
        return {"auroc": round(auroc(shares[:, 1], found.wanted == 1), 4)}
    return {}


def abstention(found, shares):
    """Of texts that are none of the labels: AUROC, and the share found at 5 % false abstention."""
    none = found.task.labels.index(NONE)
    outside, score = found.wanted == none, shares[:, none]
    cut = np.quantile(score[~outside], 0.95)
    return {
        "oos_auroc": round(auroc(score, outside), 4),
        "oos_recall_at_5_percent": round(float((score[outside] > cut).mean()), 4),
    }


def auroc_parts(found, temperature=1.0):
    """Of every group of the second label: AUROC against all rows of the first."""
    score = found.shares(temperature)[:, 1]
    harmless = score[found.wanted == 0]
    attacks = [(r, s) for r, s, w in zip(found.rows, score, found.wanted) if w == 1]
    groups = by_group(*zip(*attacks))
    return {
        name: round(auroc(np.r_[v, harmless], np.r_[np.ones(len(v)), 0 * harmless]), 4)
        for name, v in sorted(groups.items())
    }


def thresholds(found, temperature, shift=0.0):
    """For every label: least confidence at which other rows get it at no more than RATES."""
    shares, result = found.shares(temperature, shift), {}
    stated = [NONE] if NONE in found.task.labels else found.task.labels
    for name in stated:
        i = found.task.labels.index(name)
        others = np.sort(shares[found.wanted != i, i])[::-1]
        cuts = (others[min(len(others) - 1, int(rate * len(others)))] for rate in RATES)
        result[name] = {str(r): round(float(min(0.9999, c + 1e-4)), 4) for r, c in zip(RATES, cuts)}
    return result


def loss(found, temperature=1.0, shift=0.0, weights=None):
    """Negative log likelihood of the labels."""
    shares = found.shares(temperature, shift)[np.arange(len(found.wanted)), found.wanted]
    weights = np.ones(len(found.wanted)) if weights is None else weights
    return -(np.log(np.maximum(shares, 1e-9)) * weights).sum()


def fitted_temperature(found, shift=0.0, weights=None):
    """The temperature of least negative log likelihood, by golden-section search in log T."""
    def cost(log_temperature):
        return loss(found, math.exp(log_temperature), shift, weights)

    low, high, ratio = math.log(0.2), math.log(5.0), (5**0.5 - 1) / 2
    for _ in range(30):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if cost(a) < cost(b) else (a, high)
    return round(math.exp((low + high) / 2), 4)


def fitted_sharpness(found, temperature, shift):
    """The sharpness of least negative log likelihood of the rows that get the second label.

    The temperature is fitted on all rows, and what a model that never saw a family of attacks
    overlooks makes it high. Alarms are seldom wrong all the same, and have to say so: thresholds of
    configurations ask for 0.7 and more. Rows count alike here, so harmless ones more than among
    groups: an alarm must not be surer than it is right.
    """
    shares = found.shares(temperature, shift)
    alarms = shares[:, 1] > 0.5
    odds = np.log(shares[alarms, 1]) - np.log(shares[alarms, 0])
    signs = np.where(found.wanted[alarms] == 1, 1, -1)

    def cost(sharpness):
        return np.log1p(np.exp(-signs * sharpness * odds)).sum()

    return min(np.round(np.arange(1.0, SHARPEST + 0.05, 0.1), 1).tolist(), key=cost)
