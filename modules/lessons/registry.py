"""Where higher rooms are heard: what else stands in a module's outline, and whose lessons need a sign-in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from modules.records.models import Item


@dataclass(frozen=True)
class OutlineEntry:
    """One line of a module's outline, as one person sees it."""

    title: str
    url: str
    state: str = "open"  # done | changed (since it was done) | current | open
    kind: str = "lesson"  # lesson | quiz | exercise
    minutes: int = 0
    key: UUID | None = None
    notes: tuple[str, ...] = ()  # what changed since it was done
    try_url: str = ""  # where an author who previews the module tries it out


# provider(module keys, user, language) -> {module key: [OutlineEntry]}; a constant number of queries.
OutlineProvider = Callable[[Sequence[UUID], Any, str], Mapping[UUID, Sequence[OutlineEntry]]]
# done(entry keys, user) -> those of them that the person has done; one query. Called for accounts only.
DoneProvider = Callable[[Sequence[UUID], Any], Collection[UUID]]
ReadingRule = Callable[[UUID], bool]
# copier(original module item, the copy's item, actor): copies what a higher room has in the module.
Copier = Callable[[Item, Item, Any], None]


@dataclass(frozen=True)
class _Provider:
    entries: OutlineProvider
    done: DoneProvider | None


_providers: list[_Provider] = []
_rules: list[ReadingRule] = []
_copiers: list[Copier] = []


def register_outline_provider(provider: OutlineProvider, *, done: DoneProvider | None = None) -> None:
    """Register ``provider(module_keys, user, language)``: its entries follow a module's lessons.

    With ``done``, the provider is asked once for everybody (with a visitor as user) and its entries are
    cached until the module's item changes; what one person has done of them is asked afresh, by key.
    """
    if all(known.entries is not provider for known in _providers):
        _providers.append(_Provider(provider, done))


def register_reading_rule(rule: ReadingRule) -> None:
    """Register ``rule(module_key)``: whether the lessons of a module need a sign-in.

    Asked for every page that a visitor opens: cache inside.
    """
    if rule not in _rules:
        _rules.append(rule)


def register_copier(copier: Copier) -> None:
    """Register ``copier(original, copy, actor)``: called in the transaction in which a module is copied."""
    if copier not in _copiers:
        _copiers.append(copier)


def copy_others(original: Item, copy: Item, actor: Any) -> None:
    """Let the higher rooms copy what they have in a module."""
    for copier in _copiers:
        copier(original, copy, actor)


def shared_entries(module_keys: Sequence[UUID], language: str) -> dict[UUID, list[OutlineEntry]]:
    """Return what providers add to these modules for everybody alike, nothing of it done."""
    return _entries([known for known in _providers if known.done], module_keys, AnonymousUser(), language)


def personal_entries(module_keys: Sequence[UUID], user: Any, language: str) -> dict[UUID, list[OutlineEntry]]:
    """Return what the other providers add to these modules for one person."""
    return _entries([known for known in _providers if not known.done], module_keys, user, language)


def _entries(
    providers: Sequence[_Provider], module_keys: Sequence[UUID], user: Any, language: str
) -> dict[UUID, list[OutlineEntry]]:
    found: dict[UUID, list[OutlineEntry]] = {}
    for known in providers if module_keys else ():
        for key, entries in known.entries(module_keys, user, language).items():
            found.setdefault(key, []).extend(entries)
    return found


def done_of(entry_keys: Sequence[UUID], user: Any) -> set[UUID]:
    """Return which shared entries one person has done. One query for each provider; none for a visitor."""
    if not entry_keys or not user.is_authenticated:
        return set()
    return {key for known in _providers if known.done for key in known.done(entry_keys, user)}


def needs_sign_in(module_key: UUID | None) -> bool:
    """Whether any rule asks for a sign-in before this module's lessons are read."""
    return module_key is not None and any(rule(module_key) for rule in _rules)
