"""The trunks as plain PyTorch: weights out of their Maven artifacts, and the BERT graph.

The same reading is done at build time in Java (dev.gatun.server.models); having it twice, written
independently, is what lets the tests compare the two.
"""

import hashlib
import json
import zipfile
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HIDDEN = 384
HEADS = 12
EPSILON = 1e-12
MASK = 103
LINEARS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


@dataclass(frozen=True)
class Artifact:
    """What a Maven artifact holds, and how its makers turn tokens into a sentence vector."""

    name: str
    onnx: str
    tokenizer: str
    pooling: str = "mean"
    prefix: str = ""


ARTIFACTS = (
    Artifact(
        "all-minilm-l6-v2",
        "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4",
        "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
    ),
    Artifact(
        "bge-small-en-v1.5",
        "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
        pooling="first",
    ),
    Artifact(
        "e5-small-v2",
        "b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0",
        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
        prefix="query: ",
    ),
)


def artifact_of(jar):
    """Which of ARTIFACTS a jar is."""
    with zipfile.ZipFile(jar) as archive:
        names = set(archive.namelist())
    for artifact in ARTIFACTS:
        if artifact.name + ".onnx" in names:
            return artifact
    raise SystemExit(f"{jar} holds none of {', '.join(a.name for a in ARTIFACTS)}")


def read_checked(jar, name, sha256):
    """Returns the bytes of one jar entry; refuses anything but the pinned bytes."""
    with zipfile.ZipFile(jar) as archive:
        data = archive.read(name)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SystemExit(f"{jar}!{name}: SHA-256 is {found}, expected {sha256}")
    return data


def fields(buffer):
    """Yields (number, value) of one protobuf message; value is an int or a memoryview."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = buffer[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while at < len(buffer):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
        elif kind == 2:
            size = varint()
            yield key >> 3, buffer[at : at + size]
            at += size
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        else:
            raise ValueError(f"wire type {kind} at byte {at}")


def load_trunk(jar):
    """Returns {BERT tensor name: float32 tensor} in the layout of safetensors ([out, in])."""
    artifact = artifact_of(jar)
    model = memoryview(read_checked(jar, artifact.name + ".onnx", artifact.onnx))
    graph = next(value for number, value in fields(model) if number == 7)
    stored, anonymous = {}, {}
    for number, value in fields(graph):
        if number == 1:
            inputs = [bytes(v).decode() for n, v in fields(value) if n == 1]
            name = next((bytes(v).decode() for n, v in fields(value) if n == 3), "")
            if name.startswith("/encoder/layer.") and name.endswith("/MatMul"):
                anonymous[inputs[1]] = name[1 : -len("/MatMul")].replace("/", ".") + ".weight"
        elif number == 5:
            parts = list(fields(value))
            shape = [v for n, v in parts if n == 1]
            kind = next(v for n, v in parts if n == 2)
            name = next(bytes(v).decode() for n, v in parts if n == 8)
            raw = next((v for n, v in parts if n == 9), None)
            if kind == 1 and raw is not None:
                stored[name] = np.frombuffer(raw, "<f4").reshape(shape)
    weights = {}
    for name, array in stored.items():
        if name in anonymous:
            weights[anonymous[name]] = torch.from_numpy(array.T.copy())
        elif name.startswith(("embeddings.", "encoder.", "pooler.")):
            weights[name] = torch.from_numpy(array.copy())
    return weights


def layers_of(weights):
    return 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder."))


def load_tokenizer(jar, length):
    """Returns the WordPiece tokenizer, cut to `length` tokens and without padding."""
    from tokenizers import Tokenizer

    artifact = artifact_of(jar)
    data = read_checked(jar, artifact.name + "-tokenizer.json", artifact.tokenizer)
    tokenizer = Tokenizer.from_str(json.dumps(json.loads(data)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    return tokenizer


class LowRank(nn.Module):
    """A frozen linear layer W plus scale * B A (Hu et al. 2021); B starts at zero.

    The sum is formed in every step: one product over all tokens with a square matrix is faster on
    a CPU than that and two more with thin ones.
    """

    def __init__(self, weight, bias, rank, scale, precision):
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias.to(precision))
        self.scale = scale
        self.a = nn.Parameter(torch.empty(rank, weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))
        nn.init.kaiming_uniform_(self.a, a=5**0.5)

    def forward(self, x):
        weight = torch.addmm(self.weight, self.b, self.a, alpha=self.scale)
        return F.linear(x, weight.to(x.dtype), self.bias)


class AdaptedBert(nn.Module):
    """BertForSequenceClassification with an adapter on the linear layers from layer `first` up.

    What is below `first` is frozen and the same for every task: `lower` computes it, once for each
    text of a task, and `upper` is what training repeats. Of the last layer only the first position
    is computed past its keys and values, since the pooler reads no other. Texts of one batch have
    nearly one length, so padding costs little.
    """

    every_token = False

    def __init__(self, weights, labels, rank, alpha, dropout, precision=torch.bfloat16, first=0):
        super().__init__()
        self.precision = precision
        self.first, self.layers = first, layers_of(weights)
        for name in ("word", "position", "token_type"):
            key = f"embeddings.{name}_embeddings.weight"
            self.register_buffer(name, weights[key])
        self.frozen = {}
        self.linears = nn.ModuleDict()
        for layer in range(self.layers):
            for name in LINEARS:
                key = f"encoder.layer.{layer}.{name}"
                weight, bias = weights[f"{key}.weight"], weights[f"{key}.bias"]
                if layer < first:
                    self.frozen[key] = (weight.to(precision), bias.to(precision))
                else:
                    self.linears[key.replace(".", "/")] = LowRank(
                        weight, bias, rank, alpha / rank, precision
                    )
        self.norms = {
            key[: -len(".weight")]: (value.to(precision), weights[key[:-6] + "bias"].to(precision))
            for key, value in weights.items()
            if key.endswith("LayerNorm.weight")
        }
        self.pooler = nn.Linear(HIDDEN, HIDDEN)
        if "pooler.dense.weight" in weights:
            self.pooler.weight.data.copy_(weights["pooler.dense.weight"])
            self.pooler.bias.data.copy_(weights["pooler.dense.bias"])
        self.classifier = nn.Linear(HIDDEN, labels)
        nn.init.normal_(self.classifier.weight, std=0.02)
        nn.init.zeros_(self.classifier.bias)
        self.dropout = dropout

    def norm(self, name, x):
        scale, shift = self.norms[name]
        return F.layer_norm(x, (HIDDEN,), scale, shift, EPSILON)

    def forward(self, ids, lengths):
        """Logits [texts, labels] of padded `ids` [texts, longest]."""
        return self.upper(self.lower(ids, lengths), present(lengths, ids.shape[1]))

    @torch.no_grad()
    def lower(self, ids, lengths):
        """What enters layer `first`, [texts, longest, HIDDEN]."""
        x = self.word[ids] + self.position[: ids.shape[1]] + self.token_type[0]
        x = self.norm("embeddings.LayerNorm", x.to(self.precision))
        mask = self.mask(present(lengths, ids.shape[1]))
        for layer in range(self.first):
            x = self.block(layer, x, mask)
        return x

    def upper(self, x, seen):
        """Logits [texts, labels] of what entered layer `first`; `seen` says which tokens count."""
        return self.classifier(self.pooled(x, seen))

    def pooled(self, x, seen):
        """What the classifier reads, [texts, HIDDEN]."""
        mask = self.mask(seen)
        for layer in range(self.first, self.layers):
            x = self.block(layer, x, mask)
        return self.drop(torch.tanh(self.pooler(self.drop(x[:, 0].float()))))

    def mask(self, seen):
        empty = torch.zeros(seen.shape, dtype=self.precision)
        return empty.masked_fill(~seen, -1e4)[:, None, None, :]

    def linear(self, key, x):
        if key in self.frozen:
            return F.linear(x, *self.frozen[key])
        return self.linears[key.replace(".", "/")](x)

    def block(self, layer, x, mask, asking=None):
        """The next hidden states: of `asking`, or of the positions that something reads."""
        prefix = f"encoder.layer.{layer}."
        if asking is None:
            first = layer == self.layers - 1 and not self.every_token
            asking = x[:, :1] if first else x

        def heads(name, y):
            shape = (*y.shape[:2], HEADS, HIDDEN // HEADS)
            return self.linear(f"{prefix}attention.self.{name}", y).view(shape).transpose(1, 2)

        # Spelled out: the fused attention of PyTorch is several times slower backwards on a CPU.
        query = heads("query", asking) * (HIDDEN // HEADS) ** -0.5
        scores = query @ heads("key", x).transpose(2, 3)
        mixed = torch.softmax(scores + mask, dim=-1) @ heads("value", x)
        mixed = mixed.transpose(1, 2).reshape(asking.shape)
        mixed = self.linear(prefix + "attention.output.dense", mixed)
        x = self.norm(prefix + "attention.output.LayerNorm", asking + mixed)
        inner = F.gelu(self.linear(prefix + "intermediate.dense", x))
        outer = self.linear(prefix + "output.dense", inner)
        return self.norm(prefix + "output.LayerNorm", x + outer)

    def drop(self, x):
        return F.dropout(x, self.dropout, self.training)


def present(lengths, width):
    """Which of `width` positions hold a token, [texts, width]."""
    return torch.arange(width)[None, :] < lengths[:, None]
