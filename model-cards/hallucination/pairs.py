"""The classifier of an answer's tokens beside its context, over the trunk; see train.py.

A sequence is [CLS] context [SEP] question [SEP] answer [SEP], the question with its separator only
where there is one. Token types say what was found by comparing words (evidence.py): 0 context, 1 a
word of the context that the answer has too, 2 question and last separator, 3 + type of its word for
a token of the answer, 3 + STOP_TYPE for one of none. Two labels: supported or not. Of a word the
first token is labelled, of the whole answer [CLS].

A longer answer is read in segments, a longer context in overlapping windows, those with the most
words in common first and at most so many. What one window supports is supported, so the minimum
over windows counts; of segments the maximum.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch

import evidence
import tokens
from rows import HALLUCINATED, weights

CONTEXT, SHARED, BESIDE, ANSWER = 0, 1, 2, 3
TYPES = ANSWER + evidence.STOP_TYPE + 1
LENGTH, ANSWER_MAX, QUESTION_MAX, WINDOWS_MAX = 320, 150, 40, 32
FIRST, LAST, IGNORED = 101, 102, -100
SETTINGS = SimpleNamespace(
    first=0, rank=16, alpha=32, dropout=0.05, rate=6e-4, decay=0.01, epochs=3, batch_tokens=6000,
    masked=0.0, smoothing=0.0, labels=("supported", "unsupported"),
)  # fmt: skip
SEED = 1


@dataclass
class Segment:
    """Part of an answer: its windows, and for each of its tokens the word it begins or -1."""

    windows: list
    begins: list


class Pair:
    """The sequences of one row."""

    def __init__(self, row, tokenizer):
        self.row = row
        found = evidence.Evidence(row["context"], row.get("question") or "", row["answer"])
        self.words = found.answer
        plain = lambda text: tokenizer.encode(text, add_special_tokens=False)
        context, answer = plain(row["context"]), plain(row["answer"])
        asked = plain(row.get("question") or "").ids[:QUESTION_MAX]
        inside = {w.folded for w in self.words if not w.stop}
        owners = owners_of(context.offsets, found.context)
        shared = [
            SHARED if o >= 0 and found.context[o].folded in inside else CONTEXT for o in owners
        ]
        owners = owners_of(answer.offsets, self.words)
        kinds = [ANSWER + (found.types[o] if o >= 0 else evidence.STOP_TYPE) for o in owners]
        begins = [o if i == 0 or owners[i - 1] != o else -1 for i, o in enumerate(owners)]
        self.segments = []
        for at in range(0, max(1, len(answer.ids)), ANSWER_MAX):
            part = slice(at, at + ANSWER_MAX)
            behind = answer.ids[part] + [LAST], kinds[part] + [BESIDE]
            if asked:
                behind = asked + [LAST] + behind[0], [BESIDE] * (len(asked) + 1) + behind[1]
            before = len(behind[0]) - 1 - len(answer.ids[part])
            windows = list(windows_of(context.ids, shared, *behind, before))
            self.segments.append(Segment(windows, begins[part]))

    def training(self):
        """The first segment in its likeliest window, with the labels that count."""
        of_words, of_whole = weights(self.row)
        segment, spans = self.segments[0], self.row["spans"]
        window, labels = segment.windows[0], []
        for o in segment.begins:
            word = self.words[o]
            over = any(s["start"] < word.end and word.start < s["end"] for s in spans)
            labels.append(int(over) if o >= 0 and of_words else IGNORED)
        wrong = int(self.row["label"] == HALLUCINATED)
        before = [wrong if of_whole else IGNORED] + [IGNORED] * (window["answer"] - 1)
        return window | {"tags": before + labels + [IGNORED]}


def owners_of(offsets, words):
    """For every token the word, not a stop, that it lies in, or -1."""
    result, at = [], 0
    for start, _ in offsets:
        while at < len(words) and words[at].end <= start:
            at += 1
        inside = at < len(words) and words[at].start <= start and not words[at].stop
        result.append(at if inside else -1)
    return result


def windows_of(ids, shared, behind, kinds, before):
    """Sequences of parts of a context, those that share the most words first.

    `behind` follows the context; its answer begins at `before`.
    """
    room = LENGTH - 2 - len(behind)
    parts, at = [], 0
    while True:
        part = slice(at, at + room)
        parts.append((-sum(shared[part]), at, part))
        if at + room >= len(ids):
            break
        at += room * 3 // 4
    for _, _, part in sorted(parts, key=lambda p: p[:2])[:WINDOWS_MAX]:
        front = [FIRST] + ids[part] + [LAST]
        yield {
            "ids": front + behind,
            "kinds": [CONTEXT] + shared[part] + [CONTEXT] + kinds,
            "answer": len(front) + before,
        }


def trained(pairs, weights_of_trunk, say=print):
    torch.manual_seed(SEED)
    s = SETTINGS
    model = tokens.TokenBert(
        weights_of_trunk, 2, s.rank, s.alpha, s.dropout, torch.bfloat16, s.first, TYPES
    )
    rows = [row for row in (p.training() for p in pairs) if any(t >= 0 for t in row["tags"])]
    tokens.train(model, rows, lambda epoch: range(len(rows)), s, SEED, say)
    return model


def found(model, pairs):
    """For every pair ({word: chance}, chance of the whole, with that of the worst word)."""
    logits = tokens.predict(model, [w for p in pairs for s in p.segments for w in s.windows])
    result, at = [], 0
    for pair in pairs:
        chances, whole = {}, 0.0
        for segment in pair.segments:
            least, of_whole = None, 1.0
            for window in segment.windows:
                p = torch.softmax(logits[at].double(), 1)[:, 1].numpy()
                part = p[window["answer"] : window["answer"] + len(segment.begins)]
                least = part if least is None else np.minimum(least, part)
                of_whole, at = min(of_whole, p[0]), at + 1
            whole = max(whole, of_whole)
            chances |= {o: float(c) for o, c in zip(segment.begins, least) if o >= 0}
        result.append((chances, (whole + max(chances.values(), default=0.0)) / 2))
    return result
