"""The frozen lower layers of the trunk over all texts of a task, computed once.

A text is cut into windows exactly as the server cuts it (server, inference/Windows.java): `length`
tokens with the special ones, consecutive windows three quarters of a window apart.
"""

import hashlib

import numpy as np
import torch

import trunk

FIRST, LAST = 101, 102
BATCH_TOKENS = 2048


def windows(ids, length):
    """The windows of one text's token ids, which begin with [CLS] and end with [SEP]."""
    if len(ids) <= length:
        return [ids]
    body, room = ids[1:-1], length - 2
    stride = max(1, room * 3 // 4)
    cuts, at = [], 0
    while at + room < len(body):
        cuts.append(body[at : at + room])
        at += stride
    cuts.append(body[at:])
    return [[FIRST, *cut, LAST] for cut in cuts]


def pieces(encoded, text, length):
    """The text of every window of `windows`, by the places of its tokens; whole where it is one."""
    if len(encoded.ids) <= length:
        return [text]
    places = windows([(0, 0), *encoded.offsets[1:-1], (0, 0)], length)
    return [text[cut[1][0] : cut[-2][1]] for cut in places]


def spread(cuts, count):
    """At most `count` of the windows, evenly spaced, the first and the last among them."""
    if len(cuts) <= count:
        return cuts
    return [cuts[i * (len(cuts) - 1) // (count - 1)] for i in range(count)]


class Cached:
    """What enters the first adapted layer, for every window of every text.

    states [tokens, HIDDEN] fp16; window w has the rows starts[w] up to starts[w + 1]; text t has
    the windows texts[t] up to texts[t + 1].
    """

    def __init__(self, states, starts, texts):
        self.states, self.starts, self.texts = states, starts, texts
        self.lengths = starts[1:] - starts[:-1]

    def size(self, text):
        """(number of windows, tokens of the longest) of a text."""
        lengths = self.lengths[self.texts[text] : self.texts[text + 1]]
        return len(lengths), int(lengths.max())

    def batch(self, texts, precision):
        """(states [windows, longest, HIDDEN], seen, index of the text of each window)."""
        chosen = [w for t in texts for w in range(self.texts[t], self.texts[t + 1])]
        owner = [i for i, t in enumerate(texts) for _ in range(self.texts[t], self.texts[t + 1])]
        lengths = torch.from_numpy(self.lengths[chosen])
        x = torch.zeros(len(chosen), int(lengths.max()), trunk.HIDDEN, dtype=precision)
        for i, w in enumerate(chosen):
            x[i, : self.lengths[w]] = self.states[self.starts[w] : self.starts[w + 1]].to(precision)
        return x, trunk.present(lengths, x.shape[1]), torch.tensor(owner)


def cached(model, tokenizer, texts, length, most, folder):
    """Runs the layers below `model.first` over all texts, or reads what an earlier run kept."""
    encoded = [e.ids for e in tokenizer.encode_batch(list(texts))]
    cut = [spread(windows(ids, length), most) for ids in encoded]
    every = [w for one in cut for w in one]
    starts = np.cumsum([0] + [len(w) for w in every])
    bounds = np.cumsum([0] + [len(one) for one in cut])
    name = hashlib.sha256(np.concatenate([np.array(w) for w in every]).tobytes())
    name.update(starts.tobytes())
    file = folder / f"{name.hexdigest()[:24]}-{model.first}.npy"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        np.save(file, computed(model, every, starts))
    states = torch.from_numpy(np.load(file, mmap_mode="c"))
    return Cached(states, starts, bounds)


def cut_texts(tokenizer, texts, length, most):
    """The text of every window that `cached` computes, in its order."""
    every = zip(tokenizer.encode_batch(list(texts)), texts)
    return [piece for e, text in every for piece in spread(pieces(e, text, length), most)]


def batches(every):
    """The places of all windows, the shortest first, in groups of at most BATCH_TOKENS padded."""
    group = []
    for i in sorted(range(len(every)), key=lambda i: len(every[i])):
        if group and (len(group) + 1) * len(every[i]) > BATCH_TOKENS:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def computed(model, every, starts):
    states = np.zeros((starts[-1], trunk.HIDDEN), np.float16)
    for group in batches(every):
        lengths = torch.tensor([len(every[i]) for i in group])
        ids = torch.zeros(len(group), int(lengths.max()), dtype=torch.long)
        for row, i in enumerate(group):
            ids[row, : len(every[i])] = torch.tensor(every[i])
        x = model.lower(ids, lengths).to(torch.float16).numpy()
        for row, i in enumerate(group):
            states[starts[i] : starts[i + 1]] = x[row, : len(every[i])]
    return states
