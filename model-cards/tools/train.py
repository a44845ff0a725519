"""Fits what brings requests and the tools that answer them together; see ../README.md.

    train.py --jar JAR --data DIR      writes maps.safetensors, tools.json and evaluation.json

Sentence vectors q of a request and d of "name: description" are moved by low-rank maps,
q' = q + B_q A_q q and d' = d + B_d A_d d, and a tool's score is (cos(q', d') + cos(q, d)) / 2: the
second half is what is known of tools that no training request was about. Rank and epochs were
chosen by leaving a quarter of the tools out. The threshold is fitted on train: of requests of tools
left out, 5 % get a lower score with their own tool; `without_tool` says how many requests get a
higher one with a tool drawn at random.
"""

import argparse
import gzip
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "training"))

from sentences import Sentences  # noqa: E402

RANK, EPOCHS, RATE, DECAY, DROPOUT, SHARPNESS = 32, 3, 2e-3, 0.05, 0.5, 20.0


def read(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Maps(torch.nn.Module):
    def __init__(self, width=384):
        super().__init__()
        for side in ("query", "tool"):
            down = torch.nn.Parameter(torch.randn(RANK, width) * 0.02)
            self.register_parameter(f"{side}_down", down)
            self.register_parameter(f"{side}_up", torch.nn.Parameter(torch.zeros(width, RANK)))

    def moved(self, side, x, training=False):
        down, up = getattr(self, f"{side}_down"), getattr(self, f"{side}_up")
        return F.normalize(x + F.dropout(x @ down.T, DROPOUT, training) @ up.T, dim=1)

    def scores(self, queries, tools):
        mapped = self.moved("query", queries) @ self.moved("tool", tools).T
        return (mapped + queries @ tools.T) / 2


def fitted(queries, wanted, tools, kept):
    """Maps trained on the requests whose tool is in `kept`."""
    torch.manual_seed(20261121)
    maps, place = Maps(), {int(t): i for i, t in enumerate(kept)}
    rows = [i for i, t in enumerate(wanted) if int(t) in place]
    target = torch.tensor([place[int(wanted[i])] for i in rows])
    rows, among = torch.tensor(rows), tools[torch.tensor(kept)]
    optimizer = torch.optim.AdamW(maps.parameters(), lr=RATE, weight_decay=DECAY)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(rows)).split(256):
            moved = maps.moved("query", queries[rows[part]], True)
            logits = SHARPNESS * moved @ maps.moved("tool", among, True).T
            loss = F.cross_entropy(logits, target[part], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return maps.requires_grad_(False)


def recall(scores, wanted):
    order = scores.argsort(dim=1, descending=True)
    return {
        f"recall_at_{k}": round(
            float((order[:, :k] == torch.as_tensor(wanted)[:, None]).any(1).float().mean()), 4
        )
        for k in (1, 5)
    }


def balanced(own, random):
    """Where as large a share of `own` lies below as of `random` lies above."""
    return min(np.sort(own), key=lambda cut: abs((own < cut).mean() - (random >= cut).mean()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jar", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("build/training"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    catalogue = json.loads((options.data / "metatool_tools.json").read_text())
    place = {tool["name"]: i for i, tool in enumerate(catalogue)}
    train, dev = (read(options.data / f"{split}.jsonl.gz") for split in ("train", "dev"))
    sentences = Sentences(options.jar, options.cache)
    tools = torch.tensor(sentences.embed([t["name"] + ": " + t["description"] for t in catalogue]))
    queries = torch.tensor(sentences.embed([r["text"] for r in train]))
    wanted = np.array([place[r["gold"][0]] for r in train])
    seen = np.unique(wanted)
    out = np.random.RandomState(0).permutation(seen)[: len(seen) // 4]
    left = np.where(np.isin(wanted, out))[0]
    maps = fitted(queries, wanted, tools, [t for t in seen if t not in set(out)])
    scores = maps.scores(queries[left], tools)
    shift = np.random.RandomState(1).randint(1, len(tools), len(wanted))
    own = (queries * tools[wanted]).sum(1)
    random = (queries * tools[(wanted + shift) % len(tools)]).sum(1)
    threshold = balanced(own.numpy(), random.numpy())
    report = {
        "threshold": round(float(threshold), 4),
        "tools_left_out": {"rows": len(left), **recall(scores, wanted[left])},
        "tools_left_out_cosine": recall(queries[left] @ tools.T, wanted[left]),
        "error_at_threshold": round(float((random >= threshold).float().mean()), 4),
        "dev": {},
    }
    maps = fitted(queries, wanted, tools, list(seen))
    tensors = {n: p.numpy().astype(np.float16) for n, p in sorted(maps.state_dict().items())}
    save_file(tensors, HERE / "maps.safetensors")
    (HERE / "maps.safetensors").chmod(0o644)
    (HERE / "tools.json").write_text(json.dumps(catalogue, indent=1, ensure_ascii=False) + "\n")
    vectors = sentences.embed([r["text"] for r in dev])
    for group in ("single", "unseen-tool"):
        rows = [i for i, r in enumerate(dev) if r["group"] == group]
        scores = maps.scores(torch.tensor(vectors[rows]), tools)
        report["dev"][group] = recall(scores, [place[dev[i]["gold"][0]] for i in rows])
    (HERE / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
