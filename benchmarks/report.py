"""What the benchmarks share: a table on the screen, and the same rows as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path


def table(rows: Sequence[Mapping[str, object]]) -> None:
    """Prints rows with the same keys under one another: text to the left, numbers to the right."""
    heads = list(rows[0])
    cells = [[f"{row[head]}" for head in heads] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    left = [isinstance(rows[0][head], str) for head in heads]
    for line in (heads, ["-" * width for width in widths], *cells):
        fields = zip(line, widths, left, strict=True)
        print("  ".join(f.ljust(w) if to_left else f.rjust(w) for f, w, to_left in fields).rstrip())


def save(path: str | None, figures: Mapping[str, object]) -> None:
    """Writes the figures to `path`, if one was asked for, with what they were measured on."""
    if path is None:
        return
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    text = json.dumps({**machine, **figures}, indent=2, ensure_ascii=False)
    Path(path).write_text(text + "\n", encoding="utf-8")
