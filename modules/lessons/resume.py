"""Where somebody goes on, over several modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F

from core.routing import page_url
from modules.records.models import Item

from .models import LessonPage, LessonProgress
from .outline import Step, all_read, best_pages, by_module, is_done, next_step, others_of, skeletons_of, states
from .versions import changes_of, latest_of, since, text_language


class Changed(NamedTuple):
    """A lesson that has changed since somebody did it."""

    title: str
    url: str
    notes: list[str]


def changed_for(user: Any, language: str) -> list[Changed]:
    """Return the lessons in use whose text in ``language`` has changed since ``user`` did them, the latest done first.

    One query; two more if there are any.
    """
    if not user.is_authenticated:
        return []
    rows = (
        LessonProgress.objects.visible_to(user)
        .done()
        .filter(version__lt=F("item__version"), item__retired_at__isnull=True, item__kind=Item.Kind.LESSON)
        .select_related("item")
        .order_by("-done_at")
    )
    done = {row.item.key: row for row in rows}
    pages = best_pages(LessonPage, done, language) if done else {}
    items = {key: done[key].item for key in pages}
    changes = changes_of([(item, text_language(pages[key], item)) for key, item in items.items()], language)
    return [
        Changed(pages[key].title, page_url(pages[key], language), since(row.version, changes[row.item_id]))
        for key, row in done.items()
        if row.version < latest_of(changes.get(row.item_id, ()))
    ]


def resumes_of(user: Any, courses: Mapping[int, Sequence[Item]], language: str) -> dict[int, Step]:
    """Return ``{course: where to go on}``, given ``{course: items of its modules in order}``.

    The step (``.url``, ``.title``, ``.started``) is in the module last read, if anything is left in it; else in the
    first with something left. Courses in which everything is done are left out. One query, one more for quizzes of
    modules whose lessons are all done, and those of what is not cached, however many courses.
    """
    modules = {item.pk: (item.pk, item.key, item.changed_at) for items in courses.values() for item in items}
    if not modules:
        return {}
    found = skeletons_of(list(modules.values()), language)
    mine_in = by_module(found, states(user, [skeleton.item_id for skeleton in found.values()]))
    read = {key: skeleton for key, skeleton in found.items() if all_read(skeleton, mine_in[key])}
    others = others_of(read, user, language)  # quizzes come after the last lesson, so that most need not be asked for

    def last_read(key: UUID) -> float:
        return max((state.seen_at.timestamp() for state in mine_in[key].values()), default=0)

    def step_in(module_keys: Sequence[UUID]) -> Step | None:
        order = [key for key in module_keys if key in found]
        begun = any(mine_in[key] for key in order)
        reading = [key for key in order if any(not is_done(state) for state in mine_in[key].values())]
        first = max(reading or order, key=last_read, default=None)
        for key in ([first] if first else []) + order:
            step = next_step(found[key], mine_in[key], others.get(key, ()))
            if step is not None:
                return step._replace(started=step.started or begun)
        return None

    steps = {name: step_in([item.key for item in items]) for name, items in courses.items()}
    return {name: step for name, step in steps.items() if step is not None}
