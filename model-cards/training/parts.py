"""Own texts put together from parts: files of sections, whose lines or bars are alternatives.

`{name}` in a part is filled with a random part of the section `name`; `{Name}` the same with a
capital first letter, `{NAME}` in capitals. Braces around anything that is no section stay as they
are.
"""

import re
from pathlib import Path

TEXTS = Path(__file__).resolve().parent / "texts"
SLOT = re.compile(r"\{([A-Za-z]+)([0-9]*)\}")
PROSE = {"code", "markup", "encoded", "harm", "hijack", "secret", "fiction", "shots"}


class Parts:
    """The sections of one file, and the random texts made of them."""

    def __init__(self, name, picker):
        self.picker = picker
        self.sections, current = {}, None
        for line in (TEXTS / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                continue
            if line.startswith("["):
                header = re.fullmatch(r"\[([a-z0-9-]+)\]", line)
                if header:
                    current = self.sections.setdefault(header[1], [])
                    continue
            bars = [line] if "<|" in line else line.split("|")
            current += [part.replace("\\n", "\n") for part in bars]

    def one(self, section, fixed=None):
        """A random part of a section, its slots filled; `fixed` holds values of slots."""
        return self.filled(self.picker.choice(self.sections[section]), dict(fixed or {}))

    def filled(self, text, fixed):
        """The same slot gets the same value within one text; {x2} is another draw from x."""

        def value(match):
            key = match[1].lower() + match[2]
            if key not in fixed:
                if match[1].lower() not in self.sections:
                    return match[0]
                fixed[key] = self.one(match[1].lower(), fixed)
            found = fixed[key]
            if match[1].isupper() and len(match[1]) > 1:
                return found.upper()
            return found[:1].upper() + found[1:] if match[1][0].isupper() else found

        return SLOT.sub(value, text)
