"""Numbers as people write them, in every language of the platform. Pure.

Digits may be Western, Arabic, Persian or full-width. The sign that separates decimals may be ``.``, ``,`` or ``٫``;
thousands may be grouped by space, apostrophe, ``٬``, ``.`` or ``,``. Where both ``.`` and ``,`` stand, the last one
separates the decimals; one that stands several times groups. One alone with exactly three digits behind it can be read
in two ways (``1,250``): both readings are returned, and an answer is right if one of them is. Two signs of Arabic have
one meaning each (Unicode names them so): ``٫`` only separates decimals, ``٬`` only groups. The Arabic comma ``،`` is
read as ``,``, and every hyphen, minus or short dash in front of a number as minus.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

NUMBER = re.compile(r"([+-]?)(\d[\d.,٫]*|[.,٫]\d+)(?:\s*(?:[eE]|[x×*·]\s*10\s*\^?)\s*([+-]?\d{1,3}))?")
SIGNS = str.maketrans(
    {"٬": "'", "．": ".", **dict.fromkeys("،，", ","), "＋": "+", **dict.fromkeys("−－﹣‐\u2011‒–", "-")}
)
GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
LONGEST = 60


def western(text: str) -> str:
    """Return text with the decimal digits of every script as 0 to 9."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def split_number(text: str) -> tuple[list[Fraction], str]:
    """Return the readings of the number that ``text`` begins with (none: it begins with none) and what follows it."""
    text = text.strip()[:LONGEST]
    plain = western(text).translate(SIGNS)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    plain = re.sub(r"(?<=\d)[\s'’](?=\d{3}(?!\d))", "", plain)
    match = NUMBER.match(plain)
    if match is None:
        return [], plain
    sign, digits, exponent = match[1], match[2], int(match[3] or 0)
    rest = plain[match.end() :].strip()
    if digits[-1] in ".,٫":
        digits = digits[:-1]
    factor = Fraction(10) ** exponent * (-1 if sign == "-" else 1)
    return [Fraction(reading) * factor for reading in _readings(digits)], rest


def _readings(digits: str) -> list[str]:
    if "٫" in digits:
        whole, _sign, decimals = digits.partition("٫")
        fits = decimals.isdecimal() and (whole.isdecimal() or not whole or GROUPED.fullmatch(whole))
        return [f"{re.sub('[.,]', '', whole) or '0'}.{decimals}"] if fits else []
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        decimal = max(".", ",", key=digits.rfind)
        if digits.count(decimal) > 1:
            return []
        return [digits.replace("," if decimal == "." else ".", "").replace(decimal, ".")]
    if dots + commas > 1:
        return [re.sub(r"[.,]", "", digits)] if GROUPED.fullmatch(digits) else []
    decimals = digits.replace(",", ".")
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", digits):
        return [decimals, decimals.replace(".", "")]
    return [f"0{decimals}" if decimals.startswith(".") else decimals]


def exact(text: str) -> Fraction:
    """Return a number of a body (``"12.5"``, ``"1/3"``). Raises ``ValueError``."""
    try:
        return Fraction(str(text).strip())
    except ZeroDivisionError:
        raise ValueError(text) from None
