"""A classifier of tokens over the trunk: model, batches, training, prediction."""

import math
import random
import time

import torch
import torch.nn.functional as F
from torch import nn

import trunk
from fit import Average


class TokenBert(trunk.AdaptedBert):
    """BertForTokenClassification with adapters from layer `first` up.

    `types` rows of token types: the trunk's first one, plus what is learned for every row.
    """

    every_token = True

    def __init__(self, weights, labels, rank, alpha, dropout, precision, first, types):
        super().__init__(weights, labels, rank, alpha, dropout, precision, first)
        del self.pooler
        kept = self.token_type
        if types > len(kept):
            kept = kept[:1].repeat(types, 1)
        self.learned = nn.Parameter(torch.zeros_like(kept))
        self.token_type = kept

    def table(self):
        """The token types as they ship."""
        return self.token_type + self.learned

    def forward(self, ids, kinds, seen):
        """Logits [texts, longest, labels] in fp32."""
        x = self.word[ids] + self.position[: ids.shape[1]] + self.table()[kinds]
        x = self.norm("embeddings.LayerNorm", x.to(self.precision))
        x = self.drop(x)
        mask = self.mask(seen)
        for layer in range(self.layers):
            x = self.block(layer, x, mask)
        return self.classifier(self.drop(x.float()))


def batches(rows, members, tokens, picker=None):
    """Batches of rows of similar length, at most `tokens` with padding each."""
    blur = (lambda: picker.uniform(-6, 6)) if picker else (lambda: 0.0)
    order = sorted(members, key=lambda i: len(rows[i]["ids"]) + blur())
    result, current, longest = [], [], 0
    for i in order:
        length = len(rows[i]["ids"])
        if current and max(longest, length) * (len(current) + 1) > tokens:
            result.append(current)
            current, longest = [], 0
        current.append(i)
        longest = max(longest, length)
    result.append(current)
    if picker:
        picker.shuffle(result)
    return result


def padded(rows, batch, keys):
    """(tensor of every key [rows, longest], which positions hold a token)."""
    lengths = torch.tensor([len(rows[i]["ids"]) for i in batch])
    width = int(lengths.max())
    seen = trunk.present(lengths, width)
    result = []
    for key in keys:
        whole = torch.full((len(batch), width), -100 if key == "tags" else 0)
        for row, i in enumerate(batch):
            whole[row, : len(rows[i][key])] = torch.tensor(rows[i][key])
        result.append(whole)
    return result, seen


def train(model, rows, members, task, seed, say=print):
    """Trains in place; a row has ids, kinds, tags, and may have a weight."""
    picker = random.Random(seed)
    head = [p for n, p in model.named_parameters() if not n.startswith("linears")]
    low = [p for n, p in model.named_parameters() if n.startswith("linears")]
    groups = [
        {"params": low, "most": task.rate},
        {"params": head, "most": task.rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=task.rate, weight_decay=task.decay, betas=(0.9, 0.98))
    average = Average(model, 0.995)
    step, total, started = 0, None, time.time()
    for epoch in range(task.epochs):
        work = batches(rows, members(epoch), task.batch_tokens, picker)
        total = total or len(work) * task.epochs
        loss_sum = 0.0
        for batch in work:
            model.train()
            done = min(1.0, step / total)
            rate = min(1.0, (step + 1) / (0.08 * total)) * 0.5 * (1 + math.cos(math.pi * done))
            for group in optimizer.param_groups:
                group["lr"] = group["most"] * rate
            (ids, kinds, tags), seen = padded(rows, batch, ("ids", "kinds", "tags"))
            ids = ids.masked_fill((torch.rand(ids.shape) < task.masked) & (tags >= 0), trunk.MASK)
            logits = model(ids, kinds, seen)
            loss = F.cross_entropy(
                logits.flatten(0, 1), tags.flatten(), label_smoothing=task.smoothing
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(low + head, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            average.update(model)
            step += 1
            loss_sum += loss.item()
            if step % 200 == 0:
                say(f"  step {step}/{total} {time.time() - started:.0f} s", flush=True)
        spent = time.time() - started
        say(f"  epoch {epoch + 1}/{task.epochs} loss {loss_sum / len(work):.4f} {spent:.0f} s")
    average.copy_to(model)


@torch.no_grad()
def predict(model, rows):
    """For every row its logits [tokens, labels] in fp32."""
    model.eval()
    result = [None] * len(rows)
    for batch in batches(rows, range(len(rows)), 6000):
        (ids, kinds), seen = padded(rows, batch, ("ids", "kinds"))
        logits = model(ids, kinds, seen).float()
        for row, i in enumerate(batch):
            result[i] = logits[row, : len(rows[i]["ids"])].clone()
    return result
