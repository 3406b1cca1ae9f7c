"""Where somebody goes on, over several modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from .outline import Step, by_module, is_done, next_step, others_of, skeletons, states


def resume_of(user: Any, module_keys: Sequence[UUID], language: str) -> Step | None:
    """Return where ``user`` goes on in these modules (of a course, in its order): ``.url``, ``.title``, ``.started``.

    The module last read, if anything is left in it; else the first with something left; ``None``
    when everything is done. A constant number of queries.
    """
    found = skeletons(module_keys, language)
    mine = states(user, [skeleton.item_id for skeleton in found.values()])
    others = others_of(found, user, language)
    mine_in = by_module(found, mine)
    order = [key for key in module_keys if key in found]

    def last_read(key: UUID) -> float:
        return max((state.seen_at.timestamp() for state in mine_in[key].values()), default=0)

    reading = [key for key in order if any(not is_done(state) for state in mine_in[key].values())]
    first = max(reading or order, key=last_read, default=None)
    for key in ([first] if first else []) + order:
        step = next_step(found[key], mine_in[key], others.get(key, ()))
        if step is not None:
            return step._replace(started=step.started or bool(mine))
    return None
