"""The outline of a module: its lessons and quizzes, what of it somebody has done, and where to go on.

What is the same for everybody (``Skeleton``) is cached per module, language and moment of the last
change (``Item.changed_at``, written by whatever process changed it); what is one person's is asked
afresh: one query for the lessons, whatever their number, and what the outline providers need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language

from core.caching import CACHED_FOR, name
from core.languages import fallback_order
from core.routing import page_url
from modules.records.models import Item

from .models import LessonPage, LessonProgress, ModulePage
from .registry import OutlineEntry, done_of, personal_entries, shared_entries
from .routing import State
from .versions import Changes, changes_of, latest_of, since, text_language

__all__ = ["Outline", "OutlineEntry", "module_outline", "outlines"]


@dataclass(frozen=True)
class Outline:
    """A module's outline. ``done`` and ``total`` count lessons; ``resume_url`` is empty when nothing is left."""

    title: str
    url: str
    entries: tuple[OutlineEntry, ...] = ()
    done: int = 0
    total: int = 0
    resume_url: str = ""
    resume_title: str = ""
    started: bool = False

    @property
    def lessons(self) -> list[OutlineEntry]:
        return [entry for entry in self.entries if entry.kind == "lesson"]

    @property
    def others(self) -> list[OutlineEntry]:
        return [entry for entry in self.entries if entry.kind != "lesson"]


class SkeletonLesson(NamedTuple):
    """A lesson of a module as everybody sees it."""

    item_id: int
    key: UUID
    title: str
    url: str
    minutes: int
    changes: Changes = ()  # those that the text shown has

    @property
    def version(self) -> int:
        """The version of the text shown, which may be behind the original."""
        return latest_of(self.changes)

    def state(self, mine: State | None) -> str:
        """Whether it is done, done but changed since, or open for a reader in this state. Pure."""
        if not is_done(mine):
            return "open"
        return "changed" if mine is not None and mine.version < self.version else "done"

    def notes(self, mine: State | None) -> tuple[str, ...]:
        """What changed since somebody in this state did it; nothing where that is not told."""
        return tuple(since(mine.version, self.changes)) if mine and self.state(mine) == "changed" else ()


@dataclass(frozen=True)
class Skeleton:
    """A module as everybody sees it in one language."""

    item_id: int
    key: UUID
    title: str
    url: str
    field: str
    lessons: tuple[SkeletonLesson, ...]
    others: tuple[OutlineEntry, ...] = ()  # quizzes; whether they are done is not said here


class Step(NamedTuple):
    """Where to go on: ``started`` says whether anything of it was read before."""

    url: str
    title: str
    started: bool


def skeletons(keys: Iterable[UUID], language: str) -> dict[UUID, Skeleton]:
    """Return ``{module key: Skeleton}`` of the modules that have a live page.

    One query; three more for what is not cached.
    """
    items = Item.objects.filter(key__in=list(keys), kind=Item.Kind.MODULE)
    return skeletons_of(list(items.values_list("pk", "key", "changed_at")), language)


def skeletons_of(modules: Sequence[tuple[int, UUID, Any]], language: str) -> dict[UUID, Skeleton]:
    """Return the skeletons of modules given as ``(item id, key, changed_at)``; no query when all are cached."""
    names = {name("outline", pk, changed_at, language): key for pk, key, changed_at in modules}
    held = cache.get_many(list(names))
    missing = {key: wanted for wanted, key in names.items() if wanted not in held}
    built = _build({key: pk for pk, key, _changed in modules if key in missing}, language) if missing else {}
    if built:
        cache.set_many({missing[key]: skeleton for key, skeleton in built.items()}, CACHED_FOR)
    return {**{names[wanted]: skeleton for wanted, skeleton in held.items()}, **built}


def _build(modules: Mapping[UUID, int], language: str) -> dict[UUID, Skeleton]:
    lessons: dict[int, list[Item]] = {}
    for item in Item.objects.live().filter(kind=Item.Kind.LESSON, parent_id__in=modules.values()):
        lessons.setdefault(item.parent_id or 0, []).append(item)
    pages = best_pages(LessonPage, [item.key for some in lessons.values() for item in some], language)
    module_pages = best_pages(ModulePage, modules, language)
    others = shared_entries(list(modules), language)
    texts = [
        (item, text_language(pages[item.key], item)) for some in lessons.values() for item in some if item.key in pages
    ]
    changes = changes_of(texts, language)
    return {
        key: Skeleton(
            item_id=pk,
            key=key,
            title=module_pages[key].title,
            url=page_url(module_pages[key], language),
            field=module_pages[key].field,
            lessons=tuple(
                SkeletonLesson(
                    item.pk,
                    item.key,
                    page.title,
                    page_url(page, language),
                    page.minutes,
                    changes.get(item.pk, ()),
                )
                for item in lessons.get(pk, [])
                if (page := pages.get(item.key)) is not None
            ),
            others=tuple(others.get(key, ())),
        )
        for key, pk in modules.items()
        if key in module_pages
    }


def best_pages(model: type[Any], keys: Iterable[UUID], language: str) -> dict[UUID, Any]:
    """Return ``{translation key: live page}`` in the language, else by the usual fallback. One query."""
    rank = {code: place for place, code in enumerate(fallback_order(language))}
    best: dict[UUID, Any] = {}
    pages = model.objects.filter(translation_key__in=list(keys), live=True).select_related("locale")
    for page in pages.defer("body", "sources") if model is LessonPage else pages:
        held = best.get(page.translation_key)
        if held is None or rank.get(page.locale.language_code, 99) < rank.get(held.locale.language_code, 99):
            best[page.translation_key] = page
    return best


def states(user: Any, module_item_ids: Sequence[int]) -> dict[int, State]:
    """Return ``{lesson item id: State}`` of one person's reading in some modules. One query; none for a visitor."""
    if not user.is_authenticated or not module_item_ids:
        return {}
    rows = LessonProgress.objects.filter(learner_key=user.key, item__parent_id__in=module_item_ids)
    return {
        item: State(done_at, seen_at, place, version)
        for item, done_at, seen_at, place, version in rows.values_list(
            "item_id", "done_at", "seen_at", "place", "version"
        )
    }


def others_of(found: Mapping[UUID, Skeleton], user: Any, language: str) -> dict[UUID, list[OutlineEntry]]:
    """Return what stands in the modules beside lessons, as one person has done it. One query for each provider."""
    done = done_of([entry.key for skeleton in found.values() for entry in skeleton.others if entry.key], user)
    personal = personal_entries(list(found), user, language)
    return {
        key: [
            *(replace(entry, state="done") if entry.key in done else entry for entry in skeleton.others),
            *personal.get(key, ()),
        ]
        for key, skeleton in found.items()
    }


def assemble(
    skeleton: Skeleton,
    mine: Mapping[int, State],
    others: Sequence[OutlineEntry] = (),
    current: UUID | None = None,
) -> Outline:
    """Put one person's state onto a skeleton. Pure. ``current`` is the key of the lesson being read."""
    entries = [
        OutlineEntry(
            title=lesson.title,
            url=lesson.url,
            state="current" if lesson.key == current else lesson.state(mine.get(lesson.item_id)),
            minutes=lesson.minutes,
            key=lesson.key,
            notes=lesson.notes(mine.get(lesson.item_id)),
        )
        for lesson in skeleton.lessons
    ]
    others = [replace(entry, state="current") if entry.key == current and current else entry for entry in others]
    step = next_step(skeleton, mine, others)
    return Outline(
        title=skeleton.title,
        url=skeleton.url,
        entries=(*entries, *others),
        done=sum(is_done(mine.get(lesson.item_id)) for lesson in skeleton.lessons),
        total=len(skeleton.lessons),
        resume_url=step.url if step else "",
        resume_title=step.title if step else "",
        started=bool(mine),
    )


def is_done(state: State | None) -> bool:
    """Whether a lesson in this state is done."""
    return state is not None and state.done_at is not None


def all_read(skeleton: Skeleton, mine: Mapping[int, State]) -> bool:
    """Whether every lesson of a module is done."""
    return all(is_done(mine.get(lesson.item_id)) for lesson in skeleton.lessons)


def next_step(skeleton: Skeleton, mine: Mapping[int, State], others: Sequence[OutlineEntry] = ()) -> Step | None:
    """Say where to go on in a module. Pure.

    The lesson last read and not done, at the place where reading stopped; else the first lesson not
    done after the one last done, else the first not done at all; else the first quiz that is open;
    ``None`` when everything is done.
    """
    unfinished = [lesson for lesson in skeleton.lessons if lesson.item_id in mine and not is_done(mine[lesson.item_id])]
    if unfinished:
        latest = max(unfinished, key=lambda lesson: mine[lesson.item_id].seen_at)
        place = mine[latest.item_id].place
        return Step(f"{latest.url}#block-{place}" if place else latest.url, latest.title, True)
    left = [place for place, lesson in enumerate(skeleton.lessons) if not is_done(mine.get(lesson.item_id))]
    if left:
        finished = [place for place, lesson in enumerate(skeleton.lessons) if lesson.item_id in mine]
        last = max(finished, key=lambda place: mine[skeleton.lessons[place].item_id].seen_at, default=-1)
        step = skeleton.lessons[next((place for place in left if place > last), left[0])]
        return Step(step.url, step.title, bool(mine))
    for entry in others:
        if entry.state == "open":
            return Step(entry.url, entry.title, True)
    return None


def outlines(
    keys: Iterable[UUID], user: Any, language: str | None = None, current: UUID | None = None
) -> dict[UUID, Outline]:
    """Return ``{module key: Outline}`` of the modules that have a live page; a constant number of queries."""
    language = language or get_language() or settings.LANGUAGE_CODE
    return outlines_of(skeletons(keys, language), user, language, current)


def outlines_of(
    found: Mapping[UUID, Skeleton], user: Any, language: str, current: UUID | None = None
) -> dict[UUID, Outline]:
    """Return ``{module key: Outline}`` of modules as everybody sees them. One query, and one for each provider."""
    mine = states(user, [skeleton.item_id for skeleton in found.values()])
    others = others_of(found, user, language)
    by_item = by_module(found, mine)
    return {key: assemble(skeleton, by_item[key], others.get(key, ()), current) for key, skeleton in found.items()}


def by_module(found: Mapping[UUID, Skeleton], mine: Mapping[int, State]) -> dict[UUID, dict[int, State]]:
    """Sort what somebody has read, ``{item id: state}``, by the module to whose lessons it belongs."""
    return {
        key: {lesson.item_id: mine[lesson.item_id] for lesson in skeleton.lessons if lesson.item_id in mine}
        for key, skeleton in found.items()
    }


def module_outline(page: ModulePage, user: Any, *, preview: bool = False) -> Outline:
    """Return the outline of a module page for one person in the active language; ``preview``: quizzes to try out."""
    found = outlines([page.translation_key], user).get(page.translation_key)
    if found and preview:
        return replace(found, entries=to_try(found.entries))
    return found or Outline(title=page.title, url=page_url(page))


def to_try(entries: Iterable[OutlineEntry]) -> tuple[OutlineEntry, ...]:
    """Return entries as an author who previews meets them: they lead to where nothing is written down."""
    return tuple(replace(entry, url=entry.try_url or entry.url) for entry in entries)
