"""What people type: tidied to be kept, and compared as a fair reader would. Pure.

Two wordings are the same when nothing tells them apart but what a keyboard or a habit of writing does: Unicode
forms (NFKC), digits of other scripts, space, invisible signs, the Arabic tatweel and vowel signs, kinds of apostrophes,
quotation marks and dashes. Unless the author asks for it (``case``, ``diacritics``), capital letters and accents do not
matter either; then also Arabic hamza carriers and the two final forms of ya count as one (أ إ آ as ا, ى as ي). The
breve of Cyrillic й makes a letter of its own and always matters.
"""

from __future__ import annotations

import re
import unicodedata

from .base import UnknownAnswer
from .numbers import western

TATWEEL = "\u0640"
ARABIC_VOWELS = re.compile("[\u064b-\u0652\u0670]")
SHORT_I = ("и\u0306", "И\u0306")
ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)


def tidied(text: object, limit: int) -> str:
    """Return what somebody typed without control signs and outer space. Raises ``UnknownAnswer`` above ``limit``."""
    if not isinstance(text, str):
        raise UnknownAnswer
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if len(kept) > limit:
        raise UnknownAnswer
    return kept


def normal(text: str, *, case: bool = False, diacritics: bool = False) -> str:
    """Return what two wordings are compared by; ``case`` and ``diacritics``: whether these tell them apart."""
    while (plain := _plainer(text, case, diacritics)) != text:  # one step may lay open what another takes away
        text = plain
    return text


def _plainer(text: str, case: bool, diacritics: bool) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = "".join(sign for sign in text if sign != TATWEEL and unicodedata.category(sign) != "Cf")
    text = " ".join(ARABIC_VOWELS.sub("", western(text)).translate(ALIKE).split())
    if not case:
        text = unicodedata.normalize("NFKC", text.casefold())
    if not diacritics:
        decomposed = unicodedata.normalize("NFD", text)
        text = "".join(
            sign
            for place, sign in enumerate(decomposed)
            if unicodedata.category(sign) != "Mn" or decomposed[place - 1 : place + 1] in SHORT_I
        ).replace("ى", "ي")
    return unicodedata.normalize("NFC", text)


def same(typed: str, accepted: str, *, case: bool = False, diacritics: bool = False, wildcard: bool = False) -> bool:
    """Whether ``typed`` is the ``accepted`` wording; with ``wildcard`` a ``*`` in it is any text (``\\*``: a star)."""
    given = normal(typed, case=case, diacritics=diacritics)
    if not wildcard:
        return given == normal(accepted, case=case, diacritics=diacritics)
    pieces = [piece.replace("\\*", "*") for piece in re.split(r"(?<!\\)\*", accepted)]
    wanted = [normal(piece, case=case, diacritics=diacritics) for piece in pieces]
    if len(wanted) == 1:
        return given == wanted[0]
    return _found_in_order(wanted, given)


def _found_in_order(pieces: list[str], text: str) -> bool:
    """Whether ``text`` is these pieces with any text between them. Each is taken at the first place where it fits, so
    that no pattern takes long.
    """
    first, *inner, last = pieces
    if not text.startswith(first):
        return False
    place = len(first)
    for piece in inner:
        if (found := text.find(piece, place)) < 0:
            return False
        place = found + len(piece)
    return len(text) - len(last) >= place and text.endswith(last)
