"""What a name may be. Pure: any script, any length that fits, no tricks."""

from __future__ import annotations

import re
import unicodedata

# Invisible marks that turn the direction of text around; joiners stay, Persian and Devanagari need them.
TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


def tidy_name(name: str) -> str:
    """Return a name in one form of Unicode, with single spaces, without control characters or direction marks."""
    text = unicodedata.normalize("NFC", name)
    text = TURNS.sub("", text)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return " ".join(text.split())


def has_letter(name: str) -> bool:
    """Whether there is at least one letter of any script."""
    return any(unicodedata.category(char).startswith("L") for char in name)


def is_latin(name: str) -> bool:
    """Whether every letter is a Latin one, with or without accents (ß, đ, ơ and the like included)."""
    letters = [char for char in unicodedata.normalize("NFD", name) if unicodedata.category(char).startswith("L")]
    # modifier letters such as ʻ (okina) and ʼ belong to Latin spellings too
    return all("LATIN" in unicodedata.name(char, "") or unicodedata.category(char) == "Lm" for char in letters)
