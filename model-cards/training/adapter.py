"""The file of an adapter: PEFT layout, F16; and the model that the server makes of it."""

import json

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

import trunk
from tokens import TokenBert

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
PREFIX = "base_model.model."
TOKEN_TYPES = PREFIX + "bert.embeddings.token_type_embeddings.weight"


def tensors_of(model):
    """What is trained, by its name in PEFT layout."""
    tensors = {}
    for key, layer in model.linears.items():
        name = PREFIX + "bert." + key.replace("/", ".")
        tensors[name + ".lora_A.weight"] = layer.a
        tensors[name + ".lora_B.weight"] = layer.b
    whole = {"classifier": model.classifier}
    if not model.every_token:
        whole["bert.pooler.dense"] = model.pooler
    for name, layer in whole.items():
        tensors[f"{PREFIX}{name}.weight"] = layer.weight
        tensors[f"{PREFIX}{name}.bias"] = layer.bias
    return tensors


def save(model, folder, task, shift=0.0):
    """Writes the adapter; `shift` comes off the logit of the second of two labels."""
    tensors = {n: t.detach().numpy().copy() for n, t in sorted(tensors_of(model).items())}
    if shift:
        tensors[PREFIX + "classifier.bias"] += np.array([shift / 2, -shift / 2], np.float32)
    write(tensors, model.layers, folder, task, "SEQ_CLS", ["bert.pooler.dense", "classifier"])


def save_tokens(model, folder, task):
    """Writes the adapter of a classifier of tokens, with its table of token types."""
    tensors = {n: t.detach().numpy() for n, t in sorted(tensors_of(model).items())}
    tensors[TOKEN_TYPES] = model.table().detach().numpy()
    write(tensors, model.layers, folder, task, "TOKEN_CLS", ["token_type_embeddings", "classifier"])


def write(tensors, layers, folder, task, kind, whole):
    folder.mkdir(parents=True, exist_ok=True)
    save_file({n: a.astype(np.float16) for n, a in tensors.items()}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)
    config = {
        "peft_type": "LORA",
        "task_type": kind,
        "base_model_name_or_path": "all-MiniLM-L6-v2",
        "r": task.rank,
        "lora_alpha": task.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "use_rslora": False,
        "use_dora": False,
        "rank_pattern": {},
        "alpha_pattern": {},
        "target_modules": list(trunk.LINEARS[3:]) + ["query", "key", "value"],
        "layers_to_transform": list(range(task.first, layers)),
        "layers_pattern": "layer",
        "modules_to_save": whole,
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")


def merged(weights, folder, task):
    """The model the server runs: the written file merged into the trunk, fp32."""
    result, stored = read_merged(weights, folder)
    for part in ("weight", "bias"):
        pooler = stored[f"bert.pooler.dense.{part}"]
        result[f"pooler.dense.{part}"] = torch.from_numpy(pooler).float()
    count = len(task.labels)
    return with_head(
        trunk.AdaptedBert(result, count, 1, 1, 0.0, torch.float32, task.first), stored
    )


def merged_tokens(weights, folder, task):
    """The same of a classifier of tokens."""
    result, stored = read_merged(weights, folder)
    table = torch.from_numpy(stored[TOKEN_TYPES.removeprefix(PREFIX)]).float()
    result["embeddings.token_type_embeddings.weight"] = table
    layers = trunk.layers_of(weights)
    model = TokenBert(result, len(task.labels), 1, 1, 0.0, torch.float32, layers, len(table))
    return with_head(model, stored)


def read_merged(weights, folder):
    """(trunk with the adapted layers, all tensors of the file)."""
    config = json.loads((folder / CONFIG).read_text())
    stored = load_file(folder / WEIGHTS)
    stored = {n.removeprefix(PREFIX): a.astype(np.float64) for n, a in stored.items()}
    result = dict(weights)
    for name in [n for n in stored if n.endswith("lora_A.weight")]:
        target = name.removeprefix("bert.").replace("lora_A.", "")
        delta = stored[name.replace("lora_A", "lora_B")] @ stored[name]
        full = weights[target].numpy() + config["lora_alpha"] / config["r"] * delta
        result[target] = torch.from_numpy(full.astype(np.float32))
    return result, stored


def with_head(model, stored):
    model.classifier.weight.data.copy_(torch.from_numpy(stored["classifier.weight"]))
    model.classifier.bias.data.copy_(torch.from_numpy(stored["classifier.bias"]))
    return model.eval()
