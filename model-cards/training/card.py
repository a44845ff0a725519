"""Copies what was measured into the card of a task: scores, cross-validation, calibration, data.

    card.py TASK

Reads TASK/evaluation.json and rewrites those figures, and the digest of the weights, in
gatun-TASK.yaml, remarks and all words staying as they are.
"""

import argparse
import json
import re
from pathlib import Path

CARDS = Path(__file__).resolve().parents[1]
OF_SPANS = (
    " span_f1 precision recall f1_structured false_alarms clean_texts spans groups types"
)
OF_NONE = " oos_auroc oos_recall_at_5_percent parts"
WORDS = {
    "scores": (
        "split rows accuracy macro_f1 auroc auroc_parts spearman_mmlu_pro" + OF_NONE + OF_SPANS
    ),
    "cross_validation": (
        "folds rows accuracy macro_f1 accuracy_of_groups auroc_of_families auroc_parts "
        "spearman_mmlu_pro" + OF_NONE + OF_SPANS
    ),
}


def plain(value):
    return json.dumps(value).replace('"', "")


def lines_of(name, figures):
    """The lines of one block, two spaces in."""
    for key in WORDS[name].split():
        if key not in figures:
            continue
        value = figures[key]
        if not isinstance(value, dict):
            yield f"  {key}: {value}"
            continue
        yield f"  {key}:"
        for part, inner in value.items():
            text = "{ " + plain(inner)[1:-1] + " }" if isinstance(inner, dict) else inner
            yield f"    {part}: {text}"


def block(card, name):
    """(start, end) of a top-level block of the card."""
    start = re.search(rf"^{name}:\n", card, re.M)
    end = re.search(r"^\S", card[start.end() :], re.M)
    return start.start(), start.end() + end.start()


def replaced(card, name, made, keep):
    """The block with its figures replaced, from the line `keep` on as it was."""
    start, end = block(card, name)
    old = card[start:end]
    kept = old[old.index(f"  {keep}:") :]
    return card[:start] + f"{name}:\n" + "\n".join(made) + "\n" + kept + card[end:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task")
    options = parser.parse_args()
    measured = json.loads((CARDS / options.task / "evaluation.json").read_text())
    file = CARDS / f"gatun-{options.task}.yaml"
    card = file.read_text()
    dev = {"split": "dev"} | measured["dev"]
    card = replaced(card, "scores", lines_of("scores", dev), "remarks")
    validated = lines_of("cross_validation", measured["cross_validation"])
    card = replaced(card, "cross_validation", validated, "remarks")
    figures = {k: measured[k] for k in ("trained_tokens", "seed")}
    if "temperature" in measured:
        figures["ece"] = measured["dev"]["ece"]
        known = ("temperature", "words", "sharpness", "ece_uncalibrated")
        figures |= {k: measured[k] for k in known if k in measured}
    for key, value in figures.items():
        card = re.sub(rf"^( *){key}: .*$", rf"\g<1>{key}: {value}", card, flags=re.M)
    by_type = measured.get("thresholds_by_type")
    if by_type:
        card = re.sub(r"by_type: .*", "by_type: { " + plain(by_type)[1:-1] + " }", card)
    cuts = [
        f"    {label}: {{ " + ", ".join(f'"{r}": {t}' for r, t in rates.items()) + " }"
        for label, rates in measured.get("thresholds", {}).items()
    ]
    if cuts:
        start, end = block(card, "thresholds")
        kept = card[start:end].split("  at_false_positive_rate:")[0].rstrip("\n")
        table = "\n  at_false_positive_rate:\n" + "\n".join(cuts) + "\n"
        card = card[:start] + kept + table + card[end:]

    def rows(match):
        found = measured["rows"].get(match[1])
        return match[0] if found is None else f"{match[0].rsplit('rows', 1)[0]}rows: {found} }}"

    card = re.sub(r"^  - \{ source: ([^,]+), .*rows: \d+ \}", rows, card, flags=re.M)
    for name, key in (("model\\.safetensors", "weights"), ("words\\.gz", "words_file")):
        card = re.sub(rf"({name}: )[0-9a-f]{{64}}", rf"\g<1>{measured.get(key)}", card)
    file.write_text(card)


if __name__ == "__main__":
    main()
