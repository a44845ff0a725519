"""Measures what a precision costs a classifier: accuracy on labelled rows, and how often label or
spans are those of fp32.

    python3 model-cards/precisions.py --task domain --data DIR/dev.jsonl.gz

Runs ./gatun classify once for each precision and prints the lines for `precisions` of the card.
Rows have `text` and `label` or `spans`, one JSON object a line. Needs nothing but Python and a
built Gatun.
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
    """What `gatun classify` answers, one for each row, in order."""
    command = [ROOT / "gatun", "classify", "--task", task, "--input", file, "--json"]
    done = subprocess.run(
        [*command, "--precision", precision], check=True, capture_output=True, text=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def of_labels(rows, found, reference):
    """Accuracy, and what a label and its score have to do with those of fp32."""

    def chosen(answers):
        return [(answer["label"], answer["scores"][answer["label"]]) for answer in answers]

    pairs = list(zip(chosen(found), chosen(reference)))
    return {
        "accuracy": sum(a["label"] == r["label"] for a, r in zip(found, rows)) / len(rows),
        "same_label": sum(a[0] == b[0] for a, b in pairs) / len(rows),
        "score_moved_max": max(abs(a[1] - b[1]) for a, b in pairs),
    }


def of_spans(rows, found, reference):
    """F1 of exact spans with their types, and texts that got just those of fp32."""

    def spans(answer):
        # Labels count code points; in answers `start` and `end` count UTF-16 units.
        return {
            (s.get("start_cp", s["start"]), s.get("end_cp", s["end"]), s["type"])
            for s in answer["spans"]
        }

    hits = sum(len(spans(a) & spans(r)) for a, r in zip(found, rows))
    every = sum(len(spans(a)) + len(spans(r)) for a, r in zip(found, rows))
    same = sum(spans(a) == spans(b) for a, b in zip(found, reference))
    return {"span_f1": 2 * hits / every, "same_spans": same / len(rows)}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--task", default="domain")
    options.add_argument("--data", type=pathlib.Path, required=True)
    given = options.parse_args()
    rows = read_rows(given.data)
    measured = of_spans if "spans" in rows[0] else of_labels
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "rows.jsonl"
        lines = (json.dumps({"id": i, "text": row["text"]}) + "\n" for i, row in enumerate(rows))
        file.write_text("".join(lines), encoding="utf-8")
        reference = classify(given.task, file, "fp32")
        for precision in ("fp32", "bf16", "int8"):
            found = reference if precision == "fp32" else classify(given.task, file, precision)
            figures = measured(rows, found, reference)
            text = ", ".join(f"{name}: {value:.4f}" for name, value in figures.items())
            print(f"  {precision}: {{ {text} }}", flush=True)


if __name__ == "__main__":
    main()
