"""Measures what a precision costs a classifier: accuracy on labelled rows, and how often the label
is that of fp32.

    python3 model-cards/precisions.py --task domain --data DIR/dev.jsonl.gz

Runs ./gatun classify once for each precision and prints the lines for `precisions` of the card.
Rows have `text` and `label`, one JSON object a line. Needs nothing but Python and a built Gatun.
"""

import argparse
import gzip
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def read_rows(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def classify(task, file, precision):
    """Label and score of every row, in order."""
    command = [ROOT / "gatun", "classify", "--task", task, "--input", file, "--json"]
    done = subprocess.run(
        [*command, "--precision", precision], check=True, capture_output=True, text=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [(answer["label"], answer["scores"][answer["label"]]) for answer in answers]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--task", default="domain")
    options.add_argument("--data", type=pathlib.Path, required=True)
    given = options.parse_args()
    rows = read_rows(given.data)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rows.jsonl"
        lines = (json.dumps({"id": i, "text": row["text"]}) + "\n" for i, row in enumerate(rows))
        file.write_text("".join(lines), encoding="utf-8")
        reference = classify(given.task, file, "fp32")
        for precision in ("fp32", "bf16", "int8"):
            found = reference if precision == "fp32" else classify(given.task, file, precision)
            right = sum(label == row["label"] for (label, _), row in zip(found, rows))
            same = sum(a == b for (a, _), (b, _) in zip(found, reference))
            moved = max(abs(a - b) for (_, a), (_, b) in zip(found, reference))
            print(
                f"  {precision}: {{ accuracy: {right / len(rows):.4f},"
                f" same_label: {same / len(rows):.4f}, score_moved_max: {moved:.4f} }}",
                flush=True,
            )


if __name__ == "__main__":
    main()
