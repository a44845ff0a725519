"""Fits the adapter of one task over cached lower layers, and pools windows as the server does."""

import math
import random
import time
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from trunk import HIDDEN

BATCH_TOKENS = 3072
TOLD_APART = 0.05


@dataclass(frozen=True)
class Wanted:
    """What training wants of texts.

    shares [texts, labels]: probabilities; weights [texts]; values [texts]: by which texts are to be
    put in order, NaN for none; forms [texts, numbers]: what is to be foretold besides (forms.py).
    """

    shares: torch.Tensor
    weights: torch.Tensor
    values: torch.Tensor
    forms: torch.Tensor

    def of(self, texts):
        every = (self.shares, self.weights, self.values, self.forms)
        return Wanted(*(each[texts] for each in every))


def pooled(logits, owner, texts, task):
    """Log probabilities [texts, labels] of the logits [windows, labels] of all windows.

    max: the window with the greatest margin of the second label over the first speaks for the
    text. mean: probabilities are averaged over windows.
    """
    if task.pooling == "max":
        margin = logits[:, 1] - logits[:, 0]
        top = torch.full((texts,), -torch.inf).scatter_reduce(0, owner, margin, "amax")
        return F.logsigmoid(torch.stack([-top, top], 1))
    shares = torch.softmax(logits, 1)
    total = torch.zeros(texts, shares.shape[1]).index_add(0, owner, shares)
    return (total / total.sum(1, keepdim=True)).clamp_min(1e-9).log()


def grouped(cache, members, picker=None):
    """Batches of texts of similar size; with a picker sizes are blurred and the order random."""
    blur = (lambda: picker.uniform(-4, 4)) if picker else (lambda: 0.0)
    sizes = {t: cache.size(t) for t in members}
    order = sorted(members, key=lambda t: sizes[t][0] * sizes[t][1] + blur())
    batches, current, windows, longest = [], [], 0, 0
    for t in order:
        count, tokens = sizes[t]
        if current and (windows + count) * max(longest, tokens) > BATCH_TOKENS:
            batches.append(current)
            current, windows, longest = [], 0, 0
        current.append(t)
        windows, longest = windows + count, max(longest, tokens)
        if len(current) == 48:
            batches.append(current)
            current, windows, longest = [], 0, 0
    if current:
        batches.append(current)
    if picker:
        picker.shuffle(batches)
    return batches


class Average:
    """Exponential moving average of the trained parameters."""

    def __init__(self, model, decay):
        self.decay, self.steps = decay, 0
        self.values = {n: p.detach().clone() for n, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        keep = min(self.decay, self.steps / (self.steps + 10))
        for name, parameter in model.named_parameters():
            self.values[name].lerp_(parameter, 1 - keep)

    @torch.no_grad()
    def copy_to(self, model):
        for name, parameter in model.named_parameters():
            parameter.copy_(self.values[name])


def order_loss(logs, values):
    """What the odds of the last label against the first lose by ordering texts another way.

    The logistic loss of all pairs whose values [texts] differ by more than TOLD_APART, weighted by
    that difference; a text without a value (NaN) takes no part.
    """
    odds = logs[:, -1] - logs[:, 0]
    more = values[:, None] - values[None]
    pairs = more > TOLD_APART
    if not pairs.any():
        return 0 * odds.sum()
    lost = F.softplus(odds[None] - odds[:, None])[pairs]
    return (lost * more[pairs]).sum() / more[pairs].sum()


def mean_of(each, owner, texts):
    """Of the rows [windows, any] of all windows the mean of every text."""
    count = torch.zeros(texts).index_add(0, owner, torch.ones(len(owner)))
    return torch.zeros(texts, each.shape[1]).index_add(0, owner, each) / count[:, None]


def loss_of(logits, owner, wanted, task):
    """Mean loss of a batch; a harmless text under max pooling counts with all of its windows."""
    texts, labels = wanted.shares.shape
    target = wanted.shares * (1 - task.smoothing) + task.smoothing / labels
    logs = pooled(logits, owner, texts, task)
    loss = -(target * logs).sum(1)
    if task.pooling == "max":
        each = -(target[owner] * F.log_softmax(logits, 1)).sum(1, keepdim=True)
        harmless = wanted.shares[:, 0] > 0.5
        loss = torch.where(harmless, 0.5 * loss + 0.5 * mean_of(each, owner, texts)[:, 0], loss)
    mean = (loss * wanted.weights).sum() / wanted.weights.sum()
    return mean + task.ranking * order_loss(logs, wanted.values) if task.ranking else mean


def train(model, cache, members, wanted, task, seed, say=print):
    """Trains in place on the texts `members`."""
    picker = random.Random(seed)
    low = [p for n, p in model.named_parameters() if n.startswith("linears")]
    head = [p for n, p in model.named_parameters() if not n.startswith("linears")]
    foretell = None
    if task.forming:
        foretell = torch.nn.Linear(HIDDEN, wanted.forms.shape[1])
        head += foretell.parameters()
    groups = [
        {"params": low, "lr": task.rate, "most": task.rate},
        {"params": head, "lr": task.rate, "most": task.rate * 0.5},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=task.decay, betas=(0.9, 0.98))
    average = Average(model, 0.995)
    step, total, started = 0, None, time.time()
    for epoch in range(task.epochs):
        work = grouped(cache, members, picker)
        total = total or len(work) * task.epochs
        loss_sum = 0.0
        for texts in work:
            model.train()
            done = min(1.0, step / total)
            rate = min(1.0, (step + 1) / (0.08 * total)) * 0.5 * (1 + math.cos(math.pi * done))
            for group in optimizer.param_groups:
                group["lr"] = group["most"] * rate
            x, seen, owner = cache.batch(texts, model.precision)
            kept = torch.rand(seen.shape) >= task.hidden
            kept[:, 0] = True
            read, here = model.pooled(x, seen & kept), wanted.of(texts)
            loss = loss_of(model.classifier(read), owner, here, task)
            if foretell:
                missed = mean_of(foretell(read), owner, len(texts)) - here.forms
                loss = loss + task.forming * missed.square().mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(low + head, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            average.update(model)
            step += 1
            loss_sum += loss.item()
        spent = time.time() - started
        say(f"  epoch {epoch + 1}/{task.epochs} loss {loss_sum / len(work):.4f} {spent:.0f} s")
    average.copy_to(model)


@torch.no_grad()
def predict(model, cache, members):
    """(logits [windows, labels], place in members of each window's text)."""
    model.eval()
    place = {t: i for i, t in enumerate(members)}
    logits, owners = [], []
    for texts in grouped(cache, members):
        x, seen, owner = cache.batch(texts, model.precision)
        logits.append(model.upper(x, seen).float())
        owners.append(torch.tensor([place[t] for t in texts])[owner])
    return torch.cat(logits), torch.cat(owners)
