"""Which records may be two of one person: pairs worth a look, the likeliest first. Pure: no database, no clock.

Not everybody is compared with everybody: only records that share a **blocking key** are, which is an address, a full
name in any order and script, or a name without its middle words. So the work grows with the records, not with their
square. A key that many share (an office's address, a frequent name) says little: above ``COMMON`` records only those
are compared that share an address besides, or country and organisation.

The verdict on a pair is that of ``matching.weigh``. An address with two different names is an office's, and no pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from .matching import Description, Reason, Verdict, key_of, weigh, weight

COMMON = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it is compared: full names, what they share with other spellings, every address in lower case."""

    pk: int
    names: tuple[str, ...]
    keys: frozenset[str]
    addresses: frozenset[str]
    country: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, the one with the lower number first, and what speaks for and against their being one person."""

    one: int
    other: int
    verdict: Verdict
    reasons: tuple[Reason, ...]


def pairs(records: Iterable[Known]) -> list[Pair]:
    """Return the pairs worth a look, the likeliest first. Does not depend on the order given."""
    by_name: dict[str, list[Known]] = defaultdict(list)
    by_address: dict[str, list[Known]] = defaultdict(list)
    for record in records:
        for key in filter(_is_full, record.keys):
            by_name[key].append(record)
        for address in record.addresses:
            by_address[address].append(record)
    blocks = [block for block in by_address.values() if 1 < len(block) <= COMMON]
    for block in by_name.values():
        if len(block) > 1:
            blocks += [block] if len(block) <= COMMON else _finer(block)
    found: dict[tuple[int, int], Pair] = {}
    for block in blocks:
        for one, other in combinations(sorted(block, key=lambda record: record.pk), 2):
            if (one.pk, other.pk) not in found and (pair := _weighed(one, other)):
                found[one.pk, other.pk] = pair
    return sorted(found.values(), key=lambda pair: (-pair.verdict, -weight(pair.reasons), pair.one, pair.other))


def _is_full(key: str) -> bool:
    """Whether a key holds more than one word of a name; Chinese names are written as one."""
    return " " in key or (len(key) > 1 and "\u3400" <= key[0] <= "\u9fff")


def _finer(block: list[Known]) -> list[list[Known]]:
    """Part the many who share a name by what else they share; what is still too large says nothing."""
    parts: dict[tuple[str, ...], list[Known]] = defaultdict(list)
    for record in block:
        for address in record.addresses:
            parts[(address,)].append(record)
        if record.country and record.organisation:
            parts[record.country, key_of(record.organisation)].append(record)
    return [part for part in parts.values() if 1 < len(part) <= COMMON]


def _weighed(one: Known, other: Known) -> Pair | None:
    shared = min(one.addresses & other.addresses, default="")
    weighed = weigh(_description(one, shared), _description(other, shared))
    if weighed.verdict == Verdict.NONE or Reason.OTHER_NAME in weighed.reasons:
        return None
    return Pair(one.pk, other.pk, weighed.verdict, weighed.reasons)


def _description(record: Known, shared: str) -> Description:
    return Description(record.names, shared or min(record.addresses, default=""), record.country, record.organisation)
