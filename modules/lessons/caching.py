"""What is the same for every reader, kept near: in the memory of this process, and in the cache that processes share.

Keys name a revision and a moment of change, so what is kept under one never becomes false, and a process may
hold its copy without asking. Nothing personal is ever kept here.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.core.cache import cache

CACHED_FOR = 24 * 3600
SHAPE = 5  # raise it when a kept class changes, so that a new release does not read what an old one wrote
NEAR_ENTRIES = 256
NEAR_FOR = 600

_near: OrderedDict[str, tuple[float, Any]] = OrderedDict()
_lock = Lock()


def name(kind: str, *parts: Any) -> str:
    """Return the key of a thing of a kind, told apart by parts such as ids and moments of change."""
    return ":".join(str(part).replace(" ", "T") for part in (kind, SHAPE, *parts))


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
