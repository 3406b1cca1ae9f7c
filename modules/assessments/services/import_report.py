"""What an import of questions did, or would do."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ..exchange.problems import Fault
from ..exchange.reading import Unsupported

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"


@dataclass(frozen=True)
class Row:
    """What happens to one question of the file. ``state``: new, changed, same, refused (then ``why``)."""

    line: int
    name: str
    type: str
    state: str
    category: str = ""
    why: str = ""


@dataclass
class Report:
    """What an import did, or would do."""

    questions: int = 0
    imported: int = 0
    unsupported: list[Unsupported] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as programs read it."""
        return {
            "questions": self.questions,
            "imported": self.imported,
            "unsupported": [
                {"name": each.name, "type": each.type, "line": each.line, "why": each.why} for each in self.unsupported
            ],
            "errors": [{"line": each.line, "name": each.name, "why": each.why} for each in self.errors],
            **{state: self.number(state) for state in (NEW, CHANGED, SAME)},
        }

    def number(self, state: str) -> int:
        """How many questions are new, changed or the same."""
        return sum(row.state == state for row in self.rows)

    def in_full(self) -> dict[str, Any]:
        """The report with a row for every question."""
        return {**self.as_json(), "rows": [asdict(row) for row in self.rows]}
