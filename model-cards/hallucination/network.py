"""The small network over the evidence of words; see train.py.

It reads, for every word of the answer, the types (evidence.py) of the seven words around it, three
words themselves where they are frequent, its length, and how the whole answer stands. One layer of
rectified sums gives the chance that the word is unsupported; the maximum of that layer over the
words gives the chance that anything is.
"""

import math
import random
from collections import Counter

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file
from torch import nn

import evidence
from rows import HALLUCINATED, weights

SEED, HIDDEN, EPOCHS, BATCH, RATE, DECAY, DROPOUT = 20261121, 64, 6, 64, 4e-3, 0.02, 0.15
AROUND, NEAR = (-3, -2, -1, 0, 1, 2, 3), (-1, 0, 1)
FREQUENT, LENGTHS, WHOLE = 250, 12, 8
OUTSIDE = evidence.STOP_TYPE + 1
TYPES = OUTSIDE + 1
WORDS_AT = len(AROUND) * TYPES
LENGTHS_AT = WORDS_AT + len(NEAR) * (FREQUENT + 1)
FEATURES = LENGTHS_AT + LENGTHS
ROW = len(AROUND) + len(NEAR) + 1
TENSORS = "evidence.safetensors"


class Answer:
    """The words of a row and what the network reads of them."""

    def __init__(self, row, frequent):
        self.row = row
        found = evidence.Evidence(row["context"], row.get("question") or "", row["answer"])
        self.words, self.types = found.answer, found.types
        self.kept = [i for i, w in enumerate(self.words) if not w.stop]
        self.features = [self.of(i, frequent) for i in self.kept]
        self.features = torch.tensor(self.features, dtype=torch.int32).reshape(-1, ROW)
        self.whole = torch.tensor(self.summary())
        spans = row["spans"]
        over = lambda w: any(s["start"] < w.end and w.start < s["end"] for s in spans)
        self.wanted = torch.tensor([float(over(self.words[i])) for i in self.kept])

    def of(self, i, frequent):
        inside = lambda j: 0 <= j < len(self.words)
        result = [
            TYPES * k + (self.types[i + o] if inside(i + o) else OUTSIDE)
            for k, o in enumerate(AROUND)
        ]
        for k, o in enumerate(NEAR):
            known = frequent.get(self.words[i + o].folded, 0) if inside(i + o) else 0
            result.append(WORDS_AT + (FREQUENT + 1) * k + known)
        length = min(len(self.words[i].folded), LENGTHS - 1)
        return result + [LENGTHS_AT + length]

    def summary(self):
        """Shares of each presence, how long the answer is, how many words replace others."""
        frames, kinds = evidence.FRAMES, evidence.KINDS
        types = [self.types[i] for i in self.kept]
        present = Counter(t // (frames * kinds) for t in types)
        replacing = sum(t // kinds % frames >= evidence.ONE_SIDE for t in types)
        count = max(1, len(types))
        shares = [present[p] / count for p in range(evidence.PRESENCES)]
        return shares + [math.log(1 + count) / 4, min(3, replacing) / 3]


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.EmbeddingBag(FEATURES, HIDDEN, mode="sum")
        nn.init.normal_(self.features.weight, std=0.05)
        self.whole = nn.Linear(WHOLE, HIDDEN)
        self.word = nn.Linear(HIDDEN, 1)
        self.answer = nn.Linear(HIDDEN + WHOLE, 1)

    def forward(self, features, whole, owner):
        """Logits of every word, and of every answer."""
        x = torch.relu(self.features(features) + self.whole(whole)[owner])
        x = F.dropout(x, DROPOUT, self.training)
        most = torch.zeros(len(whole), HIDDEN)
        most = most.scatter_reduce(0, owner[:, None].expand_as(x), x, "amax")
        return self.word(x)[:, 0], self.answer(torch.cat([most, whole], 1))[:, 0]


def batch(answers):
    """What the network reads of some answers."""
    features = torch.cat([a.features for a in answers])
    sizes = torch.tensor([len(a.features) for a in answers])
    owner = torch.repeat_interleave(torch.arange(len(answers)), sizes)
    return features, torch.stack([a.whole for a in answers]), owner


def trained(answers):
    picker = random.Random(SEED)
    torch.manual_seed(SEED)
    network, answers = Network(), [a for a in answers if len(a.features)]
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    step, total = 0, EPOCHS * (len(answers) // BATCH + 1)
    for _ in range(EPOCHS):
        picker.shuffle(answers)
        for at in range(0, len(answers), BATCH):
            some = answers[at : at + BATCH]
            features, whole, owner = batch(some)
            share = min(1, (step + 1) / 60) * 0.5 * (1 + math.cos(math.pi * step / total))
            optimizer.param_groups[0]["lr"] = RATE * share
            of_word, of_whole = torch.tensor([weights(a.row) for a in some]).T
            wrong = torch.tensor([float(a.row["label"] == HALLUCINATED) for a in some])
            wanted = torch.cat([a.wanted for a in some])
            words, answer = network(features, whole, owner)
            cost = F.binary_cross_entropy_with_logits
            loss = (cost(words, wanted, reduction="none") * of_word[owner]).mean()
            loss = loss + 0.5 * (cost(answer, wrong, reduction="none") * of_whole).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return network.eval()


@torch.no_grad()
def found(network, answer):
    """(chance of every word, score of the whole): the mean of its chance and the worst word's."""
    if not len(answer.features):
        return [], 0.0
    words, whole = network(*batch([answer]))
    chances = torch.sigmoid(words.double()).tolist()
    return chances, (torch.sigmoid(whole.double()).item() + max(chances)) / 2


def save(network, folder):
    tensors = {
        "features": network.features.weight,
        "whole": network.whole.weight,
        "whole_bias": network.whole.bias[None],
        "word": network.word.weight,
        "word_bias": network.word.bias[None],
        "answer": network.answer.weight,
        "answer_bias": network.answer.bias[None],
    }
    halves = {n: t.detach().numpy().astype(np.float16) for n, t in tensors.items()}
    save_file(halves, folder / TENSORS)
    (folder / TENSORS).chmod(0o644)


def load(folder):
    halves = load_file(folder / TENSORS)
    stored = {n: torch.from_numpy(t.astype(np.float32)) for n, t in halves.items()}
    network = Network()
    network.features.weight.data = stored["features"]
    for name in ("whole", "word", "answer"):
        layer = getattr(network, name)
        layer.weight.data, layer.bias.data = stored[name], stored[name + "_bias"][0]
    return network.eval()


def frequent_words(rows):
    """The words that are read themselves, with their numbers from 1."""
    count = Counter(w.folded for r in rows for w in evidence.words(r["answer"]))
    return {word: i + 1 for i, (word, _) in enumerate(count.most_common(FREQUENT))}
