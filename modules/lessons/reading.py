"""The lesson page: what is the same for everybody (cached), and what one reader adds to it.

``Shell`` holds nothing personal. It is cached for the page's revision, the moment of the module's last
change, the interface language and the address of the site; all but the look-up of these four and the
reader's own state (one query, and those of the outline providers) then costs no query. The finished
page is cached as well, rendered for nobody in particular, with gaps that each reader fills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText

from core.caching import keep, name, recall
from core.gaps import ACCOUNT, NAME, TOKEN, fill, gap, nobody, split
from core.page_context import page_context
from modules.reference.explain import Entry

from .body import Explained, anchor, cached_body, explained_body
from .models import LessonPage
from .outline import OutlineEntry, Skeleton, SkeletonLesson, is_done, others_of, skeletons, to_try
from .routing import Found, State
from .versions import since

TEMPLATE = "lessons/lesson_page.html"
STATES = ("open", "current", "done")
PARTS_CACHED_FOR = 60  # the brand and the navigation around the page may change too
LINES, DONE, STOPPED = map(gap, ("lines", "done", "stopped"))


@dataclass(frozen=True)
class Link:
    """Where a lesson leads on or back."""

    title: str
    url: str


@dataclass(frozen=True)
class Shell:
    """A lesson's page as everybody sees it."""

    key: UUID
    title: str
    summary: str
    minutes: int
    url: str
    body: SafeString
    terms: tuple[Entry, ...]  # the words explained in the body
    sources: SafeString
    first_block: str
    module: Skeleton | None
    rail: tuple[dict[str, SafeString], ...]  # of each lesson and quiz of the module, its line for each state
    layout: dict[str, Any]

    @property
    def version(self) -> int:
        """The version of the text shown, as a learner marks it done."""
        return self.module.lessons[self.place].version if self.module and self.place >= 0 else 1

    @property
    def place(self) -> int:
        """Where it stands in its module; -1 when its module does not list it."""
        lessons = self.module.lessons if self.module else ()
        return next((n for n, lesson in enumerate(lessons) if lesson.key == self.key), -1)

    def neighbour(self, step: int) -> Link | None:
        """The lesson before (-1) or after (1)."""
        lessons, place = (self.module.lessons if self.module else ()), self.place
        if place < 0 or not 0 <= place + step < len(lessons):
            return None
        return Link(lessons[place + step].title, lessons[place + step].url)


def shell_of(found: Found, request: HttpRequest, language: str) -> Shell:
    """Return the shell of a live page, from the cache where it is. No query then."""
    key = name("shell", *_identity(found, request, language))
    shell = recall(key)
    if shell is None:
        page = LessonPage.objects.select_related("locale").get(pk=found.page_id)
        shell = make_shell(
            page, request, language, module_key=found.module_key, body=cached_body(page, found.module_changed_at)
        )
        keep(key, shell)
    return shell


def _identity(found: Found, request: HttpRequest, language: str) -> tuple[Any, ...]:
    """What tells one shell from another."""
    root = request.build_absolute_uri("/")
    return found.page_id, found.revision_id, found.published_at, found.module_changed_at, language, root


def make_shell(
    page: LessonPage,
    request: HttpRequest,
    language: str,
    *,
    module_key: UUID | None = None,
    body: Explained | None = None,
) -> Shell:
    """Build the shell of a page: also of one that is only previewed."""
    if module_key is None and (parent := page.get_parent()) is not None:
        module_key = parent.translation_key
    module = skeletons([module_key], language).get(module_key) if module_key else None
    layout = page_context(page, request)
    stream, explained = page.body, body or explained_body(page)
    return Shell(
        key=page.translation_key,
        title=page.title,
        summary=page.summary,
        minutes=page.minutes,
        url=next((crumb["url"] for crumb in layout["breadcrumbs"][-1:]), ""),
        body=explained.html,
        terms=explained.entries,
        sources=mark_safe(str(RichText(page.sources))) if page.sources else SafeString(""),  # noqa: S308  sanitised by Wagtail
        first_block=str(stream[0].id) if stream else "",
        module=module,
        rail=rail_of(module) if module else (),
        layout=layout,
    )


def with_quizzes_to_try(shell: Shell) -> Shell:
    """Return the shell for an author's preview: its quizzes lead to where they can be tried out."""
    if shell.module is None:
        return shell
    module = replace(shell.module, others=to_try(shell.module.others))
    return replace(shell, module=module, rail=rail_of(module))


def rail_of(module: Skeleton) -> tuple[dict[str, SafeString], ...]:
    """Render each line of the rail in each state, once for all readers: lessons, then quizzes.

    A lesson that changed has a line for each version that somebody may have done before.
    """
    everything: list[Any] = [*module.lessons, *module.others]
    return tuple({state: _line(line, state) for state in states_of(line)} for line in everything)


def states_of(line: SkeletonLesson | OutlineEntry) -> list[str]:
    """Return the states in which a line of the rail can be: ``changed1`` to one who did the first version."""
    earlier = range(1, line.version) if isinstance(line, SkeletonLesson) else ()
    return [*STATES, *(f"changed{version}" for version in earlier)]


def _line(line: Any, state: str) -> SafeString:
    shown, __, version = state.partition("changed")
    notes = tuple(since(int(version), line.changes)) if version else ()
    entry = OutlineEntry(line.title, line.url, shown or "changed", minutes=line.minutes, notes=notes)
    return render_to_string("components/outline_item.html", {"item": entry})


@dataclass(frozen=True)
class Own:
    """What one reader adds to a shell."""

    account: bool
    lines: SafeString  # of the rail
    done_count: Any
    is_done: bool
    stopped_at: str  # the address on the page where reading stopped
    notes: tuple[str, ...] = ()  # what changed since it was done
    version: int = 0  # the one done, where it is not the present one
    extra: Sequence[OutlineEntry] = ()  # entries of the outline that are not the same for everybody

    @property
    def kind(self) -> str:
        """Which of the few versions of a page this reader gets."""
        if not self.account:
            return "visitor"
        kind = f"changed{self.version}" if self.version else "done" if self.is_done else "open"
        return f"{kind} stopped" if self.stopped_at else kind


def own_of(shell: Shell, user: Any, mine: Mapping[int, State], language: str) -> Own:
    """Return what one reader adds. One query for each outline provider; none for a visitor."""
    module = shell.module
    lessons = module.lessons if module else ()
    others = others_of({module.key: module}, user, language)[module.key] if module else []
    here = lessons[shell.place] if shell.place >= 0 else None
    own = mine.get(here.item_id) if here else None
    changed = here is not None and own is not None and here.state(own) == "changed"
    entries = [_rail_state(lesson, mine.get(lesson.item_id)) for lesson in lessons]
    entries += [entry.state for entry in others]
    if shell.place >= 0:
        entries[shell.place] = "current"
    lines = [known[state] for state, known in zip(entries, shell.rail, strict=False)]
    stopped = own is not None and own.place not in ("", shell.first_block, f"{shell.first_block}.1")
    return Own(
        account=user.is_authenticated and shell.place >= 0,
        lines=mark_safe("".join(lines)),  # noqa: S308  rendered by a template
        done_count=sum(is_done(mine.get(lesson.item_id)) for lesson in lessons),
        is_done=is_done(own),
        stopped_at=anchor(own.place) if own and stopped else "",
        notes=here.notes(own) if here else (),
        version=own.version if changed and own else 0,
        extra=others[len(shell.rail) - len(lessons) :],
    )


def _rail_state(lesson: SkeletonLesson, mine: State | None) -> str:
    state = lesson.state(mine)
    return f"changed{mine.version}" if mine and state == "changed" else state


def lesson_context(shell: Shell, own: Own) -> dict[str, Any]:
    """Return what the template needs: the shell with what one reader adds to it."""
    others = (*(shell.module.others if shell.module else ()), *own.extra)
    return {
        **shell.layout,
        "lesson": shell,
        "module": shell.module,
        "rail_html": own.lines,
        "others": own.extra,
        "done_count": own.done_count,
        "is_done": own.is_done,
        "is_changed": bool(own.version),
        "notes": own.notes,
        "previous": shell.neighbour(-1),
        "next": shell.neighbour(1) or next((Link(entry.title, entry.url) for entry in others), None),
        "stopped_at": own.stopped_at,
        "keeps_progress": own.account,
    }


def respond(request: HttpRequest, found: Found, language: str) -> tuple[HttpResponse, State | None]:
    """Return the response for a live lesson, and the reader's earlier state in it (``None``: never read).

    Learners and visitors get the page from its cached parts; those for whom the layout shows more
    (a message, links of a role) get it rendered.
    """
    user = request.user
    shell = shell_of(found, request, language)
    own = own_of(shell, user, found.states, language)
    response: HttpResponse
    if found.has_role or own.extra or user.is_staff or user.is_superuser or len(get_messages(request)):
        response = TemplateResponse(request, TEMPLATE, lesson_context(shell, own))
    else:
        response = HttpResponse(page_for(request, found, shell, own, language))
    return response, found.states.get(found.item_id or 0)


# --- The page in parts ----------------------------------------------------------------------------


def page_for(request: HttpRequest, found: Found, shell: Shell, own: Own, language: str) -> str:
    """Return the page of a learner or a visitor: cached parts, and between them what is the reader's own."""
    key = name("page", *_identity(found, request, language), own.kind)
    parts = recall(key, PARTS_CACHED_FOR)
    if parts is None:
        parts = make_parts(request, shell, own, language)
        keep(key, parts, PARTS_CACHED_FOR)
    values = {
        NAME: escape(str(request.user)) if own.account else "",
        ACCOUNT: str(request.user.key) if request.user.is_authenticated else "",
        LINES: own.lines,
        DONE: str(own.done_count),
        STOPPED: own.stopped_at,
    }
    if TOKEN in parts:
        values[TOKEN] = get_token(request)
    return fill(parts, values)


def make_parts(request: HttpRequest, shell: Shell, own: Own, language: str) -> list[str]:
    """Render a page for nobody in particular; return its parts, every second one a gap to be filled."""
    gaps = replace(
        own,
        lines=SafeString(LINES),
        done_count=DONE,
        stopped_at=STOPPED if own.stopped_at else "",
    )
    context = {**lesson_context(shell, gaps), "csrf_token": TOKEN}
    return split(render_to_string(TEMPLATE, context, request=nobody(request, shell.url, language, account=own.account)))
