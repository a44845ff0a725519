"""Sentence vectors of a frozen trunk, as the server makes them.

A text is cut into windows of `LENGTH` tokens (windows.py); each is the mean over its tokens, or
the first of them, of unit length; the text is their mean weighted by tokens, of unit length again
(server, inference/SentenceEmbedder.java).
"""

import hashlib

import numpy as np
import torch

import trunk
from windows import batches, spread, windows

LENGTH = 256
WINDOWS_MAX = 128


class Sentences:
    """The frozen trunk; what it computed before is read from `folder`."""

    def __init__(self, jar, folder, precision=torch.bfloat16, windows_max=WINDOWS_MAX):
        self.folder, self.precision, self.windows_max = folder, precision, windows_max
        self.artifact = trunk.artifact_of(jar)
        self.tokenizer = trunk.load_tokenizer(jar, 100_000)
        weights = trunk.load_trunk(jar)
        layers = trunk.layers_of(weights)
        self.model = trunk.AdaptedBert(weights, 2, 1, 1, 0.0, precision, layers)
        self.model.every_token = True

    def embed(self, texts):
        """Vectors [texts, HIDDEN] of unit length."""
        digest = hashlib.sha256(f"{self.artifact} {self.precision} {self.windows_max}".encode())
        for text in texts:
            digest.update(hashlib.sha256(text.encode()).digest())
        file = self.folder / f"{digest.hexdigest()[:24]}-sentences.npy"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            np.save(file, self.computed(texts))
        return np.load(file)

    def computed(self, texts):
        every, owner = [], []
        for i, encoded in enumerate(self.encoded(texts)):
            for window in spread(windows(encoded.ids, LENGTH), self.windows_max):
                every.append(window)
                owner.append(i)
        sums = np.zeros((len(texts), trunk.HIDDEN))
        for group in batches(every):
            for i, vector in zip(group, self.vectors([every[i] for i in group])):
                sums[owner[i]] += vector * len(every[i])
        return (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)

    def encoded(self, texts):
        return self.tokenizer.encode_batch([self.artifact.prefix + text for text in texts])

    @torch.no_grad()
    def vectors(self, group):
        lengths = torch.tensor([len(ids) for ids in group])
        ids = torch.zeros(len(group), int(lengths.max()), dtype=torch.long)
        for row, window in enumerate(group):
            ids[row, : len(window)] = torch.tensor(window)
        seen = trunk.present(lengths, ids.shape[1])
        x = self.model.lower(ids, lengths).float()
        if self.artifact.pooling == "first":
            pooled = x[:, 0]
        else:
            pooled = (x * seen[:, :, None]).sum(1) / lengths[:, None]
        return torch.nn.functional.normalize(pooled, dim=1).numpy()
