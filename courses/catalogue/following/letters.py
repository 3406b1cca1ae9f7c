"""Letters with places to fill in. Pure: words and values in, words out.

A place is a name in braces, ``{name}``. Anything else stays as it is written, so that a lone brace breaks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACES = ("name", "course", "progress", "missing", "deadline", "link")
"""What a letter may name: person, course, share done, what is still missing, last day, where to go on."""
PLACE = re.compile(r"\{([a-z_]+)\}")


def unknown(text: str) -> list[str]:
    """Return the names in braces that no letter knows, in order, each once."""
    return list(dict.fromkeys(name for name in PLACE.findall(text) if name not in PLACES))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values into their places, once: what a value holds is never read as a place."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)
