"""What the heads that are no encoder compute for a few texts: languages, chances, scores of tools.

The server does the same arithmetic in Java; probe.py writes these values beside the others.
"""

import gzip
import importlib.util
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

import packing

CARDS = Path(__file__).resolve().parent.parent

# Of several languages and scripts; one so short that many languages are about as likely.
LANGUAGE_TEXTS = [
    "The ferry leaves at half past six.",
    "Ihre Rechnung vom 3. März liegt bei, Frau Sommer.",
    "Soit f une fonction dérivable ; montrer que f est croissante.",
    "El tren de las ocho llega con veinte minutos de retraso.",
    "Поезд отправляется с третьей платформы в полдень.",
    "Το πλοίο φεύγει αύριο το πρωί από το λιμάνι.",
    "列車は三番線から正午に発車します。",
    "القطار يغادر من الرصيف الثالث عند الظهر.",
    "Łódka odpływa o świcie, weź ciepły sweter.",
    "ok",
]

# Tools of the catalogue, from the first on, that every text is compared with.
TOOLS = 8


def script(folder):
    """The train.py of a folder, which knows its own arithmetic."""
    file = CARDS / folder / "train.py"
    spec = importlib.util.spec_from_file_location(f"{folder}_train", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table(train):
    """The counts that train.written wrote."""
    labels, cells = gzip.decompress((CARDS / "language/ngrams.gz").read_bytes()).split(b"\n", 1)
    found, bucket = train.Table(labels.decode().split(" ")), 0
    stream = packing.unpacked(cells)
    for step in stream:
        bucket += step
        for _ in range(next(stream)):
            place, times = next(stream), next(stream)
            found.cells[bucket][place] += times
            found.totals[place] += times
    found.seal()
    return found


def languages():
    """Probabilities of all languages in the order of the table, by the table alone."""
    train = script("language")
    counts = table(train)
    sharpness = json.loads((CARDS / "language/evaluation.json").read_text())["sharpness"]
    scores = [counts.scores(train.features(text))[0] for text in LANGUAGE_TEXTS]
    return LANGUAGE_TEXTS, [torch.softmax(torch.tensor(sharpness * s), 0) for s in scores]


def chances(texts, embed):
    """Chances of all models in their order, of no known category and then of the first one."""
    train = script("selection")
    shape = json.loads((CARDS / "selection/selection.json").read_text())
    stored = load_file(CARDS / "selection/head.safetensors")
    head = [torch.from_numpy(stored[n].astype(np.float32)) for n in ("hidden", "output")]
    vectors = torch.stack([embed(text) for text in texts])
    looks = np.array([train.looks(text) for text in texts]) - np.array(shape["looks_mean"])
    looks = torch.from_numpy((looks / np.array(shape["looks_scale"])).astype(np.float32))
    found = []
    for known in (0.0, 1.0):
        category = torch.zeros(len(texts), len(shape["categories"]))
        category[:, 0] = known
        x = torch.cat([vectors, category, looks, torch.ones(len(texts), 1)], 1)
        found.append(train.chances(x, *head))
    return texts, list(torch.cat(found, 1))


def tools(texts, embed):
    """Scores of the first tools of the catalogue, in its order."""
    maps = script("tools").Maps().requires_grad_(False)
    stored = load_file(CARDS / "tools/maps.safetensors")
    maps.load_state_dict({n: torch.from_numpy(t.astype(np.float32)) for n, t in stored.items()})
    catalogue = json.loads((CARDS / "tools/tools.json").read_text(encoding="utf-8"))[:TOOLS]
    described = [tool["name"] + ": " + tool["description"] for tool in catalogue]
    queries, offered = (torch.stack([embed(t) for t in each]) for each in (texts, described))
    return texts, list(maps.scores(queries, offered))
