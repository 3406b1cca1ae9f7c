"""Rows of the component ``undo_table``: what was done, and the way back. Plain values for a template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format


def when_and_by(at: Any, by: Any) -> tuple[str, str]:
    """Return the cell of a day and who did it, in the active language."""
    return date_format(timezone.localtime(at), "SHORT_DATE_FORMAT"), str(by or "")


def undo_row(
    head: Any,
    columns: Sequence[Any],
    cells: Sequence[tuple[Any, Any]],
    *,
    url: str = "",
    label: Any = "",
    post: bool = True,
    why_not: str = "",
) -> dict[str, Any]:
    """Return a row: its head, ``(text, words below it)`` for each column, and the way back or why there is none.

    ``post``: the way back is a button; else it leads to a page that says more first.
    """
    return {
        "head": head,
        "cells": [
            {"label": column, "text": text, "soft": soft} for column, (text, soft) in zip(columns, cells, strict=True)
        ],
        "act": {"url": url, "label": label, "post": post} if url else None,
        "why_not": why_not,
    }
