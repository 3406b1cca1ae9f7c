"""What can be wrong with a file of questions."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import DomainError


class Unreadable(DomainError):
    """The file as a whole cannot be read."""


class CannotCarry(DomainError):
    """A question, or a part of it, that a format has no way to say. The text says what."""


@dataclass(frozen=True)
class Fault:
    """A place in a file that cannot be read as a question; the rest of the file can.

    ``is_remark``: it is about the file, and no question stands there.
    """

    line: int
    why: str
    name: str = ""
    is_remark: bool = False
