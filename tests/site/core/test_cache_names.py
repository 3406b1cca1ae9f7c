"""The names under which things are kept: told apart, and short enough for every cache."""

from __future__ import annotations

from core.caching import name


def test_what_differs_in_any_part_has_another_name_however_long():
    long = "x" * 500
    names = {name("paper", 1, "en"), name("paper", 1, "ar"), name("paper", long, 1), name("paper", long, 2)}
    assert len(names) == 4
    assert max(map(len, names)) <= 250
