"""Whether two descriptions are of one person. Pure: no database, no clock.

The rule, which ``weigh`` follows and ``docs/enrolment.md`` repeats:

==========================================  ===========================================  =======
E-mail address                              Name                                         Verdict
==========================================  ===========================================  =======
the same                                    the same or shortened, country not another   sure
the same                                    unknown, different, or another country       unsure
not the same                                the same, country not another                unsure
not the same                                shortened, the same country or organisation  unsure
anything else                                                                            none
==========================================  ===========================================  =======

An address may be that of an office, so it is never enough alone; a name is shared by many, so it is never
enough alone either. Names are compared in both scripts that a record may hold, whichever agrees better.
``choose`` lets nobody be sure of two people at once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import lru_cache


class Verdict(IntEnum):
    """How far two descriptions are taken for one person."""

    NONE = 0
    UNSURE = 1
    SURE = 2


class Agreement(IntEnum):
    """How two values stand to each other. Unknown means that one side does not say."""

    DIFFERENT = -1
    UNKNOWN = 0
    SIMILAR = 1
    SAME = 2


class Reason(StrEnum):
    """Why; the words for people are in ``imports.wording``."""

    SAME_EMAIL = "same-email"
    OTHER_EMAIL = "other-email"
    SAME_NAME = "same-name"
    SIMILAR_NAME = "similar-name"
    OTHER_NAME = "other-name"
    SAME_COUNTRY = "same-country"
    OTHER_COUNTRY = "other-country"
    SAME_ORGANISATION = "same-organisation"
    SEVERAL = "several"


@dataclass(frozen=True)
class Description:
    """What is known of a person. ``names``: the full name in each script that is known."""

    names: tuple[str, ...] = ()
    email: str = ""
    country: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Weighed:
    """A verdict on two descriptions and what speaks for and against it."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = field(default=())


_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": ""})
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "ё": "е", "й": "и"}
)
_TITLES = frozenset(
    ["dr", "mr", "mrs", "ms", "miss", "prof", "professor", "eng", "ing", "sr", "sra", "mme", "mlle", "m", "г-н", "г-жа"]
)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name as they are compared: sorted, without case, accents, signs and forms of address.

    Arabic letters that are often exchanged count as one, and the article stays with its word.
    """
    text = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(char for char in text if not unicodedata.combining(char)).translate(_ARABIC).translate(_LETTERS)
    text = re.sub(r"[’'`´ʻʼ]", "", text)
    found = [word for word in re.findall(r"\w+", text) if word not in _TITLES]
    return tuple(sorted(found))


def key_of(name: str) -> str:
    """Return what two spellings of one full name share, whatever the order of its words; for an index."""
    return " ".join(words_of(name))[:200]


def ends_of(name: str) -> str:
    """Return the first and the last word of a name, sorted: what stays when the middle names are left out."""
    kept = [word for word in re.split(r"\s+", name.strip()) if words_of(word)]
    if not kept:
        return ""
    return key_of(f"{kept[0]} {kept[-1]}" if len(kept) > 1 else kept[0])


def compare_names(one: str, other: str) -> Agreement:
    """Compare two full names.

    The same: the same words in any order (also where one writes two of them together). Similar: one leaves
    words out, or shortens them to initials, and at least two words are shared, one of them in full.
    """
    mine, theirs = words_of(one), words_of(other)
    if not mine or not theirs:
        return Agreement.UNKNOWN
    if mine == theirs or _joined(one) == _joined(other):
        return Agreement.SAME
    short, long = sorted((mine, theirs), key=lambda words: (len(words), words))
    rest, full = list(long), 0
    for word in sorted(short, key=lambda word: (-len(word), word)):
        found = next((other for other in rest if other == word), None)
        if found is None:  # an initial stands for a word
            found = next((other for other in rest if 1 in (len(word), len(other)) and other[0] == word[0]), None)
        else:
            full += len(word) > 1
        if found is None:
            return Agreement.DIFFERENT
        rest.remove(found)
    return Agreement.SIMILAR if len(short) >= 2 and full >= 1 else Agreement.DIFFERENT


def _joined(name: str) -> str:
    """The letters of a name in the order written: ``al-Amri`` is ``Alamri``."""
    return "".join(key_of(part).replace(" ", "") for part in re.split(r"[\s\-]+", name))


def _best_name(one: tuple[str, ...], other: tuple[str, ...]) -> Agreement:
    """Compare names in every script both sides have; the one that agrees better counts.

    Two names in different scripts say nothing of each other.
    """
    found = [compare_names(mine, theirs) for mine in one for theirs in other if _script(mine) == _script(theirs)]
    return max(found, default=Agreement.UNKNOWN)


@lru_cache(maxsize=4096)
def _script(name: str) -> str:
    """Return the script of the first letter, by the first word of its Unicode name: LATIN, ARABIC, CJK ..."""
    letter = next((char for char in name if unicodedata.category(char).startswith("L")), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


def _same_text(one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.UNKNOWN
    return Agreement.SAME if one == other else Agreement.DIFFERENT


_EMAIL_REASONS = {Agreement.SAME: Reason.SAME_EMAIL, Agreement.DIFFERENT: Reason.OTHER_EMAIL}
_NAME_REASONS = {
    Agreement.SAME: Reason.SAME_NAME,
    Agreement.SIMILAR: Reason.SIMILAR_NAME,
    Agreement.DIFFERENT: Reason.OTHER_NAME,
}
_COUNTRY_REASONS = {Agreement.SAME: Reason.SAME_COUNTRY, Agreement.DIFFERENT: Reason.OTHER_COUNTRY}


def weigh(one: Description, other: Description) -> Weighed:
    """Weigh whether two descriptions are of one person (the table above). Symmetric."""
    email = _same_text(one.email.casefold(), other.email.casefold())
    name = _best_name(one.names, other.names)
    country = _same_text(one.country, other.country)
    organisation = _same_text(key_of(one.organisation), key_of(other.organisation))
    nearby = Agreement.SAME in (country, organisation)
    verdict = Verdict.NONE
    if email == Agreement.SAME:
        agrees = name >= Agreement.SIMILAR and country != Agreement.DIFFERENT
        verdict = Verdict.SURE if agrees else Verdict.UNSURE
    elif country != Agreement.DIFFERENT and (name == Agreement.SAME or (name == Agreement.SIMILAR and nearby)):
        verdict = Verdict.UNSURE
    reasons = (
        _EMAIL_REASONS.get(email),
        _NAME_REASONS.get(name),
        _COUNTRY_REASONS.get(country),
        Reason.SAME_ORGANISATION if organisation == Agreement.SAME else None,
    )
    return Weighed(verdict, tuple(reason for reason in reasons if reason) if verdict else ())


def choose(weighed: Iterable[tuple[str, Weighed]], limit: int = 5) -> list[tuple[str, Weighed]]:
    """Order candidates, the likeliest first, and leave out those that are none.

    Takes ``(reference, Weighed)``. Of two candidates that are both sure, neither is: both become unsure, for
    somebody who knows them to decide. Does not depend on the order given.
    """
    found = [(ref, result) for ref, result in weighed if result.verdict]
    sure = [ref for ref, result in found if result.verdict == Verdict.SURE]
    if len(sure) > 1:
        found = [
            (ref, Weighed(Verdict.UNSURE, (*result.reasons, Reason.SEVERAL)) if ref in sure else result)
            for ref, result in found
        ]
    return sorted(found, key=lambda pair: (-pair[1].verdict, -weight(pair[1].reasons), pair[0]))[:limit]


_WEIGHTS = {
    Reason.SAME_EMAIL: 4,
    Reason.SAME_NAME: 4,
    Reason.SIMILAR_NAME: 2,
    Reason.SAME_ORGANISATION: 1,
    Reason.SAME_COUNTRY: 1,
    Reason.OTHER_NAME: -2,
    Reason.OTHER_COUNTRY: -2,
    Reason.OTHER_EMAIL: -1,
}


def weight(reasons: Iterable[Reason]) -> int:
    """Return how much speaks for one person, to put the likeliest first among candidates of one verdict."""
    return sum(_WEIGHTS.get(reason, 0) for reason in reasons)
