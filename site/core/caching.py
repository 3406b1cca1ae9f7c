"""What is the same for every reader, kept near: in the memory of this process, and in the cache that processes share.

Keys name a revision and a moment of change, so what is kept under one never becomes false, and a process may
hold its copy without asking. Where many records make up one thing, its key names a *generation*: a word that is
drawn anew when one of them changes. Nothing personal is ever kept here.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from secrets import token_hex
from threading import Lock
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import transaction

T = TypeVar("T")

CACHED_FOR = 24 * 3600
PAGES = "pages"
"""The generation of all pages together: renewed when one is published, moved, renamed or taken down."""
SHAPE = 9  # raise it when a kept class changes, so that a new release does not read what an old one wrote
LONGEST = 200
NEAR_ENTRIES = 256
NEAR_FOR = 600

_near: OrderedDict[str, tuple[float, Any]] = OrderedDict()
_lock = Lock()


def name(kind: str, *parts: Any) -> str:
    """Return the key of a thing of a kind, told apart by parts such as ids and moments of change.

    A key that would be too long for some caches (memcached takes 250 bytes) is its digest.
    """
    key = ":".join(str(part).replace(" ", "T") for part in (kind, SHAPE, *parts))
    return key if len(key) <= LONGEST else f"{kind}:{sha256(key.encode()).hexdigest()}"


def recall(key: str, seconds: float = CACHED_FOR) -> Any:
    """Return what is kept under a key, or ``None``. Do not change it: others hold the same object.

    ``seconds``: as given to ``keep``; for so long this process holds what another one kept.
    """
    with _lock:
        held = _near.get(key)
        if held is not None and held[0] > time.monotonic():
            _near.move_to_end(key)
            return held[1]
    value = cache.get(key)
    if value is not None:
        _hold(key, value, seconds)
    return value


def keep(key: str, value: Any, seconds: float = CACHED_FOR) -> None:
    """Keep a value for this process and for all."""
    cache.set(key, value, seconds)
    _hold(key, value, seconds)


def recalled(key: str, make: Callable[[], T], seconds: float = CACHED_FOR) -> T:
    """Return what is kept under a key; make and keep it when there is nothing. ``make`` must not return ``None``."""
    value = recall(key, seconds)
    if value is None:
        value = make()
        keep(key, value, seconds)
    return value


def generation(*kinds: str) -> str:
    """Return the present generation of kinds of things, as a part for ``name``. One question to the shared cache."""
    keys = [f"generation:{of}" for of in kinds]
    found = cache.get_many(keys)
    return "-".join(found.get(key) or cache.get_or_set(key, token_hex, None) or "" for key in keys)


def renew(of: str, **kwargs: Any) -> None:
    """Begin a new generation: what was kept under the old one is not asked for any more.

    At once, so that this transaction sees its own change; and after the commit, because another process may
    have kept what it read before.
    """
    _begin(of)
    transaction.on_commit(partial(_begin, of))


def _begin(of: str) -> None:
    cache.set(f"generation:{of}", token_hex(), None)


def _hold(key: str, value: Any, seconds: float) -> None:
    with _lock:
        _near[key] = (time.monotonic() + min(seconds, NEAR_FOR), value)
        _near.move_to_end(key)
        while len(_near) > NEAR_ENTRIES:
            _near.popitem(last=False)


def forget_all() -> None:
    """Empty this process's memory. For tests; the shared cache is cleared by Django's own means."""
    with _lock:
        _near.clear()
