"""What the figures of a card mean: accuracy, macro F1, calibration error, temperature."""

import math
from collections import defaultdict

import numpy as np
import torch
import torch.nn.functional as F

from measure import calibration_error
from tasks import DOMAIN_LABELS as LABELS
from tasks import domain_part as part


def scores(found, data, temperature=1.0):
    """Accuracy, macro F1, calibration error, parts, labels and confusion of logits on data."""
    wanted = np.array([LABELS.index(row["label"]) for row in data])
    shares = torch.softmax(found.double() / temperature, 1).numpy()
    got = shares.argmax(1)
    confusion = np.zeros((len(LABELS), len(LABELS)), int)
    np.add.at(confusion, (wanted, got), 1)
    hit = confusion.diagonal()
    f1 = 2 * hit / np.maximum(1, confusion.sum(0) + confusion.sum(1))
    groups = defaultdict(list)
    for row, right in zip(data, wanted == got):
        groups[part(row)].append(bool(right))
    return {
        "rows": len(data),
        "accuracy": round(float((wanted == got).mean()), 4),
        "macro_f1": round(float(f1.mean()), 4),
        "ece": round(calibration_error(shares.max(1), wanted == got), 4),
        "parts": {
            name: {"rows": len(v), "accuracy": round(sum(v) / len(v), 4)}
            for name, v in sorted(groups.items())
        },
        "labels": {
            name: {
                "rows": int(confusion[i].sum()),
                "precision": round(float(hit[i] / max(1, confusion[:, i].sum())), 4),
                "recall": round(float(hit[i] / max(1, confusion[i].sum())), 4),
            }
            for i, name in enumerate(LABELS)
        },
        "confusion": confusion.tolist(),
    }


def fitted_temperature(found, data):
    """The temperature of least negative log likelihood, by golden-section search in log T."""
    wanted = torch.tensor([LABELS.index(row["label"]) for row in data])

    def cost(log_temperature):
        return F.cross_entropy(found.double() / math.exp(log_temperature), wanted).item()

    low, high, ratio = math.log(0.2), math.log(5.0), (5**0.5 - 1) / 2
    for _ in range(60):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if cost(a) < cost(b) else (a, high)
    return round(math.exp((low + high) / 2), 4)
