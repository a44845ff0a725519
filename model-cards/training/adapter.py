"""The file of an adapter: PEFT layout, F16; and the model that the server makes of it."""

import json

import numpy as np
import torch
from safetensors.numpy import load_file, save_file

import trunk

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
PREFIX = "base_model.model."


def tensors_of(model):
    """What is trained, by its name in PEFT layout."""
    tensors = {}
    for key, layer in model.linears.items():
        name = PREFIX + "bert." + key.replace("/", ".")
        tensors[name + ".lora_A.weight"] = layer.a
        tensors[name + ".lora_B.weight"] = layer.b
    for name, layer in (("bert.pooler.dense", model.pooler), ("classifier", model.classifier)):
        tensors[f"{PREFIX}{name}.weight"] = layer.weight
        tensors[f"{PREFIX}{name}.bias"] = layer.bias
    return tensors


def save(model, folder, task, shift=0.0):
    """Writes the adapter; `shift` comes off the logit of the second of two labels."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {n: t.detach().numpy().copy() for n, t in sorted(tensors_of(model).items())}
    if shift:
        tensors[PREFIX + "classifier.bias"] += np.array([shift / 2, -shift / 2], np.float32)
    save_file({n: a.astype(np.float16) for n, a in tensors.items()}, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)
    config = {
        "peft_type": "LORA",
        "task_type": "SEQ_CLS",
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
        "layers_to_transform": list(range(task.first, trunk.LAYERS)),
        "layers_pattern": "layer",
        "modules_to_save": ["bert.pooler.dense", "classifier"],
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")


def merged(weights, folder, task):
    """The model the server runs: the written file merged into the trunk, fp32."""
    config = json.loads((folder / CONFIG).read_text())
    stored = load_file(folder / WEIGHTS)
    stored = {n.removeprefix(PREFIX): a.astype(np.float64) for n, a in stored.items()}
    result = dict(weights)
    for name in [n for n in stored if n.endswith("lora_A.weight")]:
        target = name.removeprefix("bert.").replace("lora_A.", "")
        delta = stored[name.replace("lora_A", "lora_B")] @ stored[name]
        full = weights[target].numpy() + config["lora_alpha"] / config["r"] * delta
        result[target] = torch.from_numpy(full.astype(np.float32))
    for part in ("weight", "bias"):
        pooler = stored[f"bert.pooler.dense.{part}"]
        result[f"pooler.dense.{part}"] = torch.from_numpy(pooler).float()
    count = len(task.labels)
    model = trunk.AdaptedBert(result, count, 1, 1, 0.0, torch.float32, task.first)
    model.classifier.weight.data.copy_(torch.from_numpy(stored["classifier.weight"]))
    model.classifier.bias.data.copy_(torch.from_numpy(stored["classifier.bias"]))
    return model.eval()
