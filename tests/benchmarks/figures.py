"""One measured act, and rows that say what it took and how it grew."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
GROWN = 10  # times the records
SLACK = 1.5
"""Ten times the records may take fifteen times as long: the indexes of a larger table are deeper."""
QUERIES = 25
MEGABYTES = 20
"""What ten times the records may hold more: numbers of rows, never the rows."""


class Figure:
    """One measured act: seconds by the clock and of this process, queries, and the memory it took at its highest."""

    def __init__(self, act: Callable[[], Any]) -> None:
        from django.db import connection

        self.queries = 0

        def counting(execute: Any, *args: Any) -> Any:  # keeps no statement, so that memory is that of the work
            self.queries += 1
            return execute(*args)

        before = _resident(reset=True)
        start, worked = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(counting):
            self.result = act()
        self.seconds, self.worked = time.perf_counter() - start, time.process_time() - worked
        self.megabytes = max(0.0, _resident() - before)


def _resident(*, reset: bool = False) -> float:
    """Return the most memory this process has held since the last reset, in megabytes (Linux tells it)."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def row(name: str, value: float, unit: str, budget: float, ok: bool | None = None) -> Row:
    """Return a row; without ``ok`` the value may be at most the budget."""
    value = value if isinstance(value, int) else round(value, 2)
    return {
        "name": name[0].upper() + name[1:],
        "value": value,
        "unit": unit,
        "budget": budget,
        "ok": value <= budget if ok is None else ok,
    }


def growth_rows(
    name: str,
    few: Figure,
    many: Figure,
    *,
    budget: float,
    portions: float,
    each: str = "1,000 people",
    queries: int = QUERIES,
) -> list[Row]:
    """Return the rows of an act on 100,000 records and on 1,000,000: time, growth, queries, memory.

    ``budget``: seconds for the million; ``portions``: how many more there are of what the work takes at a time, and
    ``queries`` what each of them may ask.
    """
    return [
        row(f"{name}, 100,000 records", few.seconds, "s", budget / GROWN * SLACK),
        row(f"{name}, 1,000,000 records", many.seconds, "s", budget),
        row("  times as long for 10 times the records", many.seconds / few.seconds, "times", GROWN * SLACK),
        row(f"  queries for {each} more", (many.queries - few.queries) / portions, "", queries),
        row(f"  memory beside {few.megabytes:.0f} MB", many.megabytes, "MB", round(few.megabytes) + MEGABYTES),
    ]
