"""A linear head over sentence vectors in the folder layout that the server reads (EmbeddingHead).

    heads.py intent --jar JAR --data DIR         writes ../intent/ and its evaluation.json

The sentence encoder stays frozen; a head is minimised over all rows at once with weight decay, so
that a run takes minutes. Temperature and threshold come from a cross-validation over train with two
folds of scattered texts; dev is only reported.
"""

import argparse
import gzip
import json
import os
import zlib
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

import measure
import prompts
import tasks
from sentences import Sentences

HERE = Path(__file__).resolve().parents[1]
SCALE = 20.0
SMOOTHING = 0.05
FOLDS = 2
DECAY = 1e-5
SEED = 20261121
FALSE_ABSTENTION = 0.03


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def minimised(x, loss, outputs, decay, steps=70, scale=SCALE):
    """Weights [outputs, width + 1] of least loss; vectors are scaled, so that decay is mild."""
    torch.manual_seed(SEED)
    weight = torch.zeros(outputs, x.shape[1], requires_grad=True)
    bias = torch.zeros(outputs, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=steps, history_size=10)

    def closure():
        optimizer.zero_grad()
        cost = loss(scale * x @ weight.T + bias) + decay * (weight**2).sum()
        cost.backward()
        return cost

    optimizer.step(closure)
    return (scale * weight).detach(), bias.detach()


def written(folder, labels, weight, bias):
    folder.mkdir(exist_ok=True)
    names = {str(i): name for i, name in enumerate(labels)}
    config = {
        "architectures": ["GatunEmbeddingHead"],
        "base_model_name_or_path": "all-MiniLM-L6-v2",
        "hidden_size": weight.shape[1],
        "id2label": names,
        "label2id": {name: i for i, name in enumerate(labels)},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    tensors = {"classifier.weight": weight, "classifier.bias": bias}
    tensors = {name: t.numpy().astype(np.float16) for name, t in tensors.items()}
    save_file(tensors, folder / "head.safetensors")
    (folder / "head.safetensors").chmod(0o644)
    order = sorted(tensors, reverse=True)
    return tuple(torch.from_numpy(tensors[n].astype(np.float32)) for n in order)


def shares(x, head, temperature=1.0):
    return torch.softmax((x @ head[0].T + head[1]) / temperature, 1).numpy()


def temperature_of(logits, wanted):
    grid = np.exp(np.linspace(np.log(0.2), np.log(3), 60))
    cost = [F.cross_entropy(logits / float(t), wanted).item() for t in grid]
    return round(float(grid[int(np.argmin(cost))]), 4)


def abstaining(p, wanted, groups, none, threshold):
    """Figures of a split when texts with p(none) from `threshold` on count as none."""
    got = np.where(p[:, none] >= threshold, none, np.delete(p, none, 1).argmax(1))
    got = np.where((got >= none) & (p[:, none] < threshold), got + 1, got)
    inside = wanted != none
    report = {
        g: round(float((got == wanted)[groups == g].mean()), 4) for g in sorted(set(groups))
    }
    report["without_abstention"] = {
        g: round(float((p.argmax(1) == wanted)[groups == g].mean()), 4)
        for g in sorted(set(groups))
    }
    cut = np.quantile(p[inside, none], 0.95)
    report["oos_auroc"] = round(measure.auroc(p[:, none], ~inside), 4)
    report["oos_recall_at_5_percent"] = round(float((p[~inside, none] > cut).mean()), 4)
    report["false_abstention"] = round(float((got[inside] == none).mean()), 4)
    report["ece"] = round(measure.calibration_error(p.max(1), p.argmax(1) == wanted), 4)
    return report


def intent(sentences, data):
    labels = list(tasks.intent_labels())
    none = labels.index("oos")
    train, dev = read(data / "train.jsonl.gz"), read(data / "dev.jsonl.gz")
    own = prompts.questions(SEED)
    x = torch.from_numpy(sentences.embed([r["text"] for r in train]))
    extra = torch.from_numpy(sentences.embed([r["text"] for r in own]))
    y = torch.tensor([labels.index(r["label"]) for r in train])
    extra_y = torch.full((len(own),), none)
    fold = torch.tensor([zlib.crc32(r["text"].encode()) % FOLDS for r in train])

    def fitted(rows, decay):
        some, wanted = torch.cat([x[rows], extra]), torch.cat([y[rows], extra_y])
        loss = lambda z: F.cross_entropy(z, wanted, label_smoothing=SMOOTHING)  # noqa: E731
        return minimised(some, loss, len(labels), decay)

    logits = torch.zeros(len(x), len(labels))
    for k in range(FOLDS):
        head = fitted(fold != k, DECAY)
        logits[fold == k] = x[fold == k] @ head[0].T + head[1]
        print("fold", k, flush=True)
    temperature = temperature_of(logits, y)
    p = torch.softmax(logits / temperature, 1).numpy()
    wanted = y.numpy()
    threshold = float(np.quantile(p[wanted != none, none], 1 - FALSE_ABSTENTION))
    groups = np.array([r["group"] for r in train])
    head = written(HERE / "intent", labels, *fitted(torch.ones(len(x), dtype=bool), DECAY))
    vectors = torch.from_numpy(sentences.embed([r["text"] for r in dev]))
    found, raw = shares(vectors, head, temperature), shares(vectors, head)
    dev_wanted = np.array([labels.index(r["label"]) for r in dev])
    return {
        "decay": DECAY,
        "temperature": temperature,
        "threshold": round(threshold, 4),
        "rows": len(train) + len(own),
        "own_rows": len(own),
        "ece_uncalibrated": round(
            measure.calibration_error(raw.max(1), raw.argmax(1) == dev_wanted), 4
        ),
        "cross_validation": abstaining(p, wanted, groups, none, threshold),
        "dev": abstaining(found, dev_wanted, np.array([r["group"] for r in dev]), none, threshold),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task", choices=["intent"])
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("build/training"))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sentences = Sentences(options.jar, options.cache)
    report = intent(sentences, options.data)
    file = HERE / options.task / "evaluation.json"
    file.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
