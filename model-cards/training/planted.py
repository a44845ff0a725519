"""Makes a measurement of the guard out of any files: pieces as they are, and with attacks planted.

    planted.py --attacks DIR --out DIR2 FILE...

DIR holds dev.jsonl.gz of the task jailbreak. DIR2/jailbreak/dev.jsonl.gz is written, which

    gatun bench quality --tasks jailbreak --data DIR2

measures; the endings of the files are its groups. FILE is a text file or a folder, whose text files
are then read. Of every file one piece is taken, so that long files do not speak for the rest.
"""

import argparse
import gzip
import json
import random
from pathlib import Path

SIZES = (500, 1000, 2000, 4000)
LONGEST_ATTACK = 220
LONGEST_FILE = 3_000_000


def attacks(folder):
    """Short attacks of dev, but for those whose noise would stand out in any document."""
    with gzip.open(folder / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        row["text"]
        for row in rows
        if row["label"] == "jailbreak"
        and row["group"] in ("handwritten", "templates")
        and len(row["text"]) < LONGEST_ATTACK
    ]


def piece(file, picker):
    """A part of the file, or None where it is no text or too short."""
    try:
        if file.stat().st_size > LONGEST_FILE:
            return None
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    size = picker.choice(SIZES)
    if len(text) < SIZES[0] or "\0" in text:
        return None
    at = picker.randrange(max(1, len(text) - size))
    return text[at : at + size]


def planted(text, attack, picker):
    """The text with the attack on a line of its own."""
    lines = text.split("\n")
    at = picker.randrange(len(lines) + 1)
    return "\n".join([*lines[:at], attack, *lines[at:]])


def files(given):
    for path in given:
        if not path.exists():
            raise SystemExit(f"{path} is not there")
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--attacks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=600, help="of so many files, drawn by lot")
    parser.add_argument("file", type=Path, nargs="+")
    options = parser.parse_args()
    picker, found = random.Random(options.seed), attacks(options.attacks)
    if not found:
        raise SystemExit(f"{options.attacks} holds no short attack of its own hand")
    every = list(files(options.file))
    picker.shuffle(every)
    rows = []
    for file in every:
        text = piece(file, picker)
        if text is None:
            continue
        kept = {"source": "files", "group": file.suffix.lstrip(".") or "none"}
        rows.append({"text": text, "label": "benign"} | kept)
        attack = planted(text, picker.choice(found), picker)
        rows.append({"text": attack, "label": "jailbreak"} | kept)
        if len(rows) == 2 * options.most:
            break
    if not rows:
        raise SystemExit("none of the files holds text of at least 500 characters")
    folder = options.out / "jailbreak"
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "dev.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)
    print(f"{len(rows)} rows of {len(rows) // 2} files")


if __name__ == "__main__":
    main()
