"""Writes into every card how long its model takes for one answer, as the bench measured it.

    ./gatun bench pack --each --json RESULT.json
    python3 model-cards/latency.py RESULT.json

Needs nothing but Python.
"""

import json
import pathlib
import re
import sys

CARDS = pathlib.Path(__file__).resolve().parent
BLOCK = re.compile(r"^latency:\n(?:  .*\n)+", re.M)
BEFORE = re.compile(r"^(?:precisions|calibration|thresholds|limits):", re.M)


def block(result, row):
    machine = result["machine"]
    return (
        "latency:\n"
        f"  command: {result['command']}\n"
        f"  machine: {machine['cpu']}, {machine['cpus']} CPUs, {machine['isa']}\n"
        f"  tokens: {result['tokens']}\n"
        f"  precision: {result['precision']}\n"
        f"  p50_ms: {row['p50_ms']:.2f}\n"
        f"  p99_ms: {row['p99_ms']:.2f}\n"
    )


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    result = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    if "models" not in result:
        sys.exit(f"{sys.argv[1]}: holds no single models; measure with --each")
    for row in result["models"]:
        file = CARDS / f"{row['model']}.yaml"
        card = BLOCK.sub("", file.read_text(encoding="utf-8"))
        at = BEFORE.search(card).start()
        file.write_text(card[:at] + block(result, row) + card[at:], encoding="utf-8")


if __name__ == "__main__":
    main()
