"""Finds a lesson by its address, and how far its reader is in the module, with one query.

Wagtail would walk down the tree, and ask again for each thing below.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from .models import LessonProgress

# Written out, because it runs for every lesson page: Django needs longer to compose it than the database to
# answer it. A row for each lesson of the module that the reader has opened, or one row without.
# A restriction counts on the page, on any page above it, and on the sources of such pages that are aliases.
LOOKUP = """
SELECT root_locale.language_code, page.id, page.live_revision_id, page.last_published_at,
       item.id, item.parent_id, module.key, module.changed_at,
       EXISTS (SELECT 1 FROM wagtailcore_pageviewrestriction restriction
               JOIN wagtailcore_page above
                 ON restriction.page_id = above.id OR restriction.page_id = above.alias_of_id
               WHERE page.path LIKE above.path || '%%'),
       EXISTS (SELECT 1 FROM institutions_roleassignment role WHERE role.user_id = %s),
       EXISTS (SELECT 1 FROM wagtailcore_page own JOIN wagtailcore_locale locale ON locale.id = own.locale_id
               WHERE own.translation_key = page.translation_key AND own.live AND locale.language_code = %s),
       opened.item_id, opened.done_at, opened.seen_at, opened.place, opened.version
FROM wagtailcore_page page
JOIN lessons_lessonpage lesson ON lesson.page_ptr_id = page.id
JOIN wagtailcore_page root ON page.url_path = root.url_path || %s
JOIN wagtailcore_locale root_locale ON root_locale.id = root.locale_id AND root_locale.language_code IN (%s, %s)
JOIN wagtailcore_page home ON home.translation_key = root.translation_key
JOIN wagtailcore_site site ON site.root_page_id = home.id
LEFT JOIN records_item item ON item.key = page.translation_key AND item.retired_at IS NULL
LEFT JOIN records_item module ON module.id = item.parent_id
LEFT JOIN (SELECT progress.item_id, progress.done_at, progress.seen_at, progress.place, progress.version, part.parent_id
           FROM lessons_lessonprogress progress JOIN records_item part ON part.id = progress.item_id
           WHERE progress.learner_key = %s) opened ON opened.parent_id = module.id
WHERE page.live AND page.slug = %s
"""


class State(NamedTuple):
    """How far somebody is in one lesson."""

    done_at: datetime | None
    seen_at: datetime
    place: str
    version: int = 1  # the one done


class Found(NamedTuple):
    """What one look-up tells of a lesson's page; the page itself is loaded only when it is not cached."""

    page_id: int
    revision_id: int | None
    published_at: str
    item_id: int | None
    module_item_id: int | None
    module_key: UUID | None
    module_changed_at: str
    restricted: bool
    has_role: bool  # whether the reader holds, or held, any role
    states: Mapping[int, State]  # of the lessons of the module that the reader has opened, by item id


def find_lesson(path: str, language: str, user: Any) -> Found | None:
    """Return the live lesson at ``path`` (below the language's prefix), or ``None``. One query.

    A language that has no translation shows the English page at the English address. ``None`` also
    for that address when there is a translation: the ordinary way leads there.
    """
    slug = path.rstrip("/").rpartition("/")[2]
    learner = learner_parameter(user) if user.is_authenticated else None
    with connection.cursor() as cursor:
        cursor.execute(LOOKUP, [user.pk, language, path, language, settings.LANGUAGE_CODE, learner, slug])
        found = cursor.fetchall()
    rows = [row for row in found if row[0] == language] or [row for row in found if not row[10]]
    if not rows:
        return None
    _language, page_id, revision, published, item, module, key, changed, restricted, role, *_rest = rows[0]
    return Found(
        page_id,
        revision,
        str(published),
        item,
        module,
        UUID(str(key)) if key else None,
        str(changed),
        bool(restricted),
        bool(role),
        {row[11]: state_from(*row[12:]) for row in rows if row[11] is not None},
    )


def learner_parameter(user: Any) -> Any:
    """Return a learner's key as this database takes it."""
    return LessonProgress._meta.get_field("learner_key").get_db_prep_value(user.key, connection)


def state_from(done_at: Any, seen_at: Any, place: str, version: int) -> State:
    """Return the state of a row."""
    return State(in_utc(done_at), in_utc(seen_at), place, version)


def in_utc(moment: Any) -> Any:
    """SQLite's moments say nothing of their zone, which is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
