"""The data notice: what people are shown before we ask who they are, and again when it has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.joining import Twice
from core import audit
from core.errors import DomainError
from institutions.permissions import organises_all

from .models import DataNotice, DataNoticeText, NoticeReceipt

Texts = Mapping[str, tuple[str, str]]


class NoticeShown(DomainError):
    """Somebody was shown this version already."""

    def __init__(self) -> None:
        super().__init__(_("People have been shown this version, so it stays as it is. Write a new version instead."))


class NotYourNotice(DomainError):
    """Only organisers of all write notices."""

    def __init__(self) -> None:
        super().__init__(_("Only organisers of all programmes can do this."))


class NoticeEmpty(DomainError):
    """A notice without words."""

    def __init__(self) -> None:
        super().__init__(_("Write the notice in English at least, both the short version and the whole."))


def notice_for(user: Any) -> DataNotice | None:
    """Return the notice in force that this person has not been shown yet; ``None`` when there is none. One query.

    ``told`` on it says whether they were shown an earlier one.
    """
    if not getattr(user, "is_authenticated", False):
        return None
    shown = NoticeReceipt.objects.filter(user=user)
    seen = models.Exists(shown.filter(notice=models.OuterRef("pk")))
    newest = DataNotice.objects.in_force().annotate(seen=seen, told=models.Exists(shown)).first()
    return None if newest is None or newest.seen else newest


def current_notice() -> DataNotice | None:
    """Return the notice in force, with its texts."""
    return DataNotice.objects.in_force().prefetch_related("texts").first()


def acknowledge(*, actor: Any, notice: DataNotice) -> NoticeReceipt:
    """Write down that the actor was shown a version. Twice is once."""
    receipt, _new = NoticeReceipt.objects.get_or_create(
        notice=notice, user=actor, defaults={"language": get_language() or ""}
    )
    return receipt


@transaction.atomic
def publish_notice(*, actor: Any, published_on: date, texts: Texts) -> DataNotice:
    """Write the next version. ``texts`` is ``{language: (short version, whole)}``, English at least.

    Raises ``NotYourNotice`` and ``NoticeEmpty``.
    """
    if actor is not None and not organises_all(actor):
        raise NotYourNotice
    newest = DataNotice.objects.aggregate(number=models.Max("version"))["number"] or 0
    notice = DataNotice.objects.create(version=newest + 1, published_on=published_on)
    _write(notice, texts)
    audit.record(actor=actor, action="participants.publish_notice", obj=notice)
    return notice


@transaction.atomic
def change_notice(*, actor: Any, notice: DataNotice, published_on: date, texts: Texts) -> DataNotice:
    """Change a version that nobody has been shown yet. Raises ``NotYourNotice``, ``NoticeShown``, ``NoticeEmpty``."""
    if actor is not None and not organises_all(actor):
        raise NotYourNotice
    notice = DataNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.receipts.exists():
        raise NoticeShown
    notice.published_on = published_on
    notice.save(update_fields=["published_on"])
    notice.texts.all().delete()
    _write(notice, texts)
    audit.record(actor=actor, action="participants.change_notice", obj=notice)
    return notice


def _write(notice: DataNotice, texts: Texts) -> None:
    whole = {
        code: (short.strip(), text.strip()) for code, (short, text) in texts.items() if short.strip() and text.strip()
    }
    if "en" not in whole:
        raise NoticeEmpty
    DataNoticeText.objects.bulk_create(
        [
            DataNoticeText(record=notice, language=code, summary=short, text=text)
            for code, (short, text) in whole.items()
        ]
    )


def shown_twice(kept: Any, closed: Any) -> list[Twice]:
    """Say of every version that both accounts of one person were shown when that was."""
    rows = NoticeReceipt.objects.filter(user__in=[kept, closed]).select_related("notice").order_by("notice")
    mine = {row.notice_id: row for row in rows if row.user_id == kept.pk}
    return [
        Twice(str(row.notice), date_format(row.at), date_format(mine[row.notice_id].at), _("Was shown."))
        for row in rows
        if row.user_id == closed.pk and row.notice_id in mine
    ]
