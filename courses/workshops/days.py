"""Whether the days of a workshop fit together. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .errors import WrongDates

LONGEST = 92  # days; a longer one is a typing error
DAYS = ("starts_on", "ends_on", "registration_closes_on", "nominations_close_on", "nominees_per_country")


def misfits(
    *,
    starts_on: date,
    ends_on: date,
    registration_closes_on: date | None,
    nominations_close_on: date | None,
    nominees_per_country: int | None,
) -> Iterator[WrongDates]:
    """Yield everything that does not fit, each with the field it stands beside, so that a form can say all at once."""
    if ends_on < starts_on:
        yield WrongDates(_("The last day is before the first."), field="ends_on")
    elif (ends_on - starts_on).days >= LONGEST:
        yield WrongDates(
            ngettext(
                "A workshop lasts at most %(days)d day. Please check the years.",
                "A workshop lasts at most %(days)d days. Please check the years.",
                LONGEST,
            )
            % {"days": LONGEST},
            field="ends_on",
        )
    elif registration_closes_on and registration_closes_on > ends_on:
        yield WrongDates(_("Registration cannot close after the last day."), field="registration_closes_on")
    if nominations_close_on and nominations_close_on > starts_on:
        yield WrongDates(
            _("Nominations cannot close after the workshop’s first day: people have to be selected before."),
            field="nominations_close_on",
        )
    if nominees_per_country and not nominations_close_on:
        yield WrongDates(
            _("Say until which day focal points can nominate, or leave the number empty."),
            field="nominations_close_on",
        )
