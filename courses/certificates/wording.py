"""The words of a certificate: template, subject and person become plain text in one language."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.languages import best_text, fallback_order
from courses.catalogue.models import Cohort, Course
from courses.participants.models import Participant
from courses.workshops.models import Workshop
from courses.workshops.wording import day_range

from .models import CertificateTemplate, CertificateTemplateText
from .render import Sheet

PLACEHOLDERS = ("course", "hours", "dates")
_PLACEHOLDER = re.compile(r"\{(course|hours|dates)\}")


def plain(text: str, limit: int = 1000) -> str:
    """Return text as it can be printed: one line, composed, without control and direction-override characters.

    The joiners that Persian and Indian scripts need stay.
    """
    kept = (
        character
        for character in unicodedata.normalize("NFC", text)
        if character in "\u200c\u200d" or character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join("".join(kept).split())[:limit]


def language_for(participant: Participant, subject: Cohort | Workshop | Course, asked: str = "") -> str:
    """Return the language to ask for: the batch's, else the person's, the account's, the cohort's, English."""
    account = participant.user.language if participant.user else ""
    cohort = subject.language if isinstance(subject, Cohort) else ""
    return asked or participant.language or account or cohort or settings.LANGUAGE_CODE


def text_of(template: CertificateTemplate, language: str) -> CertificateTemplateText:
    """Return the template's words. The whole certificate is set in *their* language, not half in another."""
    text = best_text(template.texts.all(), asked=language)
    assert text is not None, "a template is saved with at least one text"
    return text


def title_of(subject: Cohort | Workshop | Course, language: str) -> tuple[str, str]:
    """Return the title of a subject and the language it is in."""
    if isinstance(subject, Workshop):
        titles = {text.language: text.title for text in subject.texts.all()}
        source = subject.source_language
    else:
        item = (subject.course if isinstance(subject, Cohort) else subject).item
        titles, source = item.titles, item.source_language
    for code in fallback_order(language, source):
        if titles.get(code):
            return plain(titles[code]), code
    return plain(str(subject)), language


def dates_in(language: str, starts_on: date | None, ends_on: date | None) -> str:
    """Return a day or a span of days, written as the language writes it; empty without any."""
    first, last = starts_on or ends_on, ends_on or starts_on
    return plain(day_range(first, last, language)) if first and last else ""


def hours_in(hours: Decimal) -> str:
    """Return “20 hours” in the active language; empty for none."""
    if not hours:
        return ""
    number = number_format(hours.normalize(), use_l10n=True) if hours % 1 else number_format(int(hours))
    return ngettext("%(hours)s hour", "%(hours)s hours", int(hours) if hours % 1 == 0 else 2) % {"hours": number}


def check_url(serial: str) -> str:
    """Return the address in the QR code."""
    return f"{settings.BASE_URL}/c/{serial}"


def statement_parts(statement: str, *, course: str, hours: str, dates: str) -> tuple[tuple[str, bool], ...]:
    """Put course, hours and dates into a statement; returns (text, is it the title?) in order.

    Only these three names in braces mean anything; every other brace is text.
    """
    values = {"course": course, "hours": hours, "dates": dates}
    parts: list[tuple[str, bool]] = []
    for index, piece in enumerate(_PLACEHOLDER.split(plain(statement, 2000))):
        name = piece if index % 2 else ""
        text = values[name] if name else piece
        if not text:
            continue
        if name != "course" and parts and not parts[-1][1]:
            parts[-1] = (parts[-1][0] + text, False)
        else:
            parts.append((text, name == "course"))
    return tuple(parts)


def sheet_for(
    *,
    serial: str,
    template: CertificateTemplate,
    subject: Cohort | Workshop | Course,
    participant: Participant,
    language: str,
    starts_on: date | None,
    ends_on: date | None,
    hours: Decimal,
    issued_on: date,
    title: tuple[str, str] | None = None,
) -> tuple[Sheet, dict[str, Any]]:
    """Return what is printed, and what the ledger keeps of it beside the name.

    ``title``: (text, language) frozen earlier, when a certificate is re-issued.
    """
    text = text_of(template, language)
    language = text.language
    with translation.override(language):
        name = plain(participant.name, 200)
        latin = plain(participant.name_latin, 200)
        shown_title, title_language = title or title_of(subject, language)
        self_paced = isinstance(subject, Cohort) and subject.self_paced
        if self_paced and ends_on:
            dates = _("Completed on %(date)s") % {"date": dates_in(language, ends_on, ends_on)}
        else:
            dates = dates_in(language, starts_on, ends_on)
        hours_text = hours_in(hours)
        place = _place(subject, language)
        parts = statement_parts(text.statement, course=shown_title, hours=hours_text, dates=dates)
        issued = _("Issued on %(date)s") % {"date": dates_in(language, issued_on, issued_on)}
        sheet = Sheet(
            serial=serial,
            language=language,
            name=name,
            name_latin=latin if latin.casefold() != name.casefold() else "",
            heading=plain(text.heading),
            statement=parts,
            title=shown_title,
            title_language=title_language if title_language != language else "",
            details=tuple(detail for detail in (dates, hours_text, place) if detail),
            signatory_name=plain(template.signatory_name),
            signatory_title=plain(text.signatory_title),
            issuer=plain(text.issuer),
            issued=issued,
            check_url=check_url(serial),
            check_words=_("Scan the code, or enter the number at %(address)s") % {"address": _check_address()},
            qr_words=_("QR code that leads to %(address)s") % {"address": check_url(serial)},
            certify_words=_("This is to certify that"),
            field=_field(subject),
        )
    printed = {
        "heading": sheet.heading,
        "certify": sheet.certify_words,
        "name_latin": sheet.name_latin,
        "statement": "".join(part for part, _is_title in parts),
        "title": shown_title,
        "title_language": title_language,
        "dates": dates,
        "hours": hours_text,
        "place": place,
        "signatory_name": sheet.signatory_name,
        "signatory_title": sheet.signatory_title,
        "issuer": sheet.issuer,
        "issued": issued,
        "check": sheet.check_words,
    }
    return sheet, printed


def _place(subject: Cohort | Workshop | Course, language: str) -> str:
    if not isinstance(subject, Workshop):
        return ""
    country = subject.country.name_in(language) if subject.country else ""
    return ", ".join(plain(part) for part in (subject.city, country) if part)


def _field(subject: Cohort | Workshop | Course) -> str:
    course = subject if isinstance(subject, Course) else subject.course
    return course.field if course else ""


def _check_address() -> str:
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.netloc}{parts.path}/check"
