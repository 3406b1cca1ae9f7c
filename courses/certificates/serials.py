"""Serial numbers: readable, checkable by anybody, not to be guessed.

A serial looks like ``PC-2026-7GHK-Q2RM-90TZ``: a prefix, the year of issue, eleven characters and one
check character.

* The eleven characters are Crockford's base 32 (digits and capitals without I, L, O and U), 55 bits of
  an HMAC under the site's secret key: nobody can count from one certificate to the next, and a job
  that is run twice makes the same number twice instead of two.
* The last character is the check character of ISO 7064 MOD 37,36 over all that stands before it,
  hyphens left out. It finds every single mistyped character and nearly every swap of two neighbours.
  A number whose check character would be I, L, O or U is passed over, so every character is a clear one.
* Reading is lenient: lower case, blanks, any kind of dash or none, digits of any script, O for 0 and
  I or L for 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ISO_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY = 11

_SHAPE = re.compile(rf"([A-Z]{{2,4}})([0-9OIL]{{4}})([0-9A-Z]{{{BODY + 1}}})")
_MISREAD = str.maketrans("OIL", "011")


def check_character(text: str) -> str:
    """Return the ISO 7064 MOD 37,36 check character of capitals and digits."""
    product = 36
    for character in text:
        total = (product + ISO_36.index(character)) % 36 or 36
        product = total * 2 % 37
    return ISO_36[(37 - product) % 36]


def make(prefix: str, year: int, digest: Callable[[int], bytes]) -> str:
    """Return a serial.

    ``digest(n)`` gives at least eleven bytes for the n-th try; tried until the check character is a clear one.
    """
    number = 0
    while True:
        body = "".join(CROCKFORD[byte % 32] for byte in digest(number)[:BODY])
        check = check_character(f"{prefix}{year}{body}")
        if check in CROCKFORD:
            return _written(prefix, str(year), body + check)
        number += 1


def read(text: str) -> str | None:
    """Return the serial that somebody typed, in its proper form; ``None`` when it cannot be one of ours."""
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFKC", text[:200]))
    found = _SHAPE.fullmatch(plain)
    if not found:
        return None
    prefix, year, body = found[1], found[2].translate(_MISREAD), found[3].translate(_MISREAD)
    if check_character(f"{prefix}{year}{body[:-1]}") != body[-1]:
        return None
    return _written(prefix, year, body)


def _written(prefix: str, year: str, body: str) -> str:
    return "-".join([prefix, year, *(body[start : start + 4] for start in range(0, len(body), 4))])


def _plain(character: str) -> str:
    """A digit of any script as 0–9, a Latin letter as a capital, nothing for blanks and dashes."""
    if character.isdigit():
        return str(unicodedata.digit(character, ""))
    if character.isspace() or unicodedata.category(character) in ("Pd", "Cf") or character in "−_./":
        return ""
    return character.upper()
