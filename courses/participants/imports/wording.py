"""Problems and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..matching import Reason
from .columns import Column

REASONS = {
    Reason.SAME_EMAIL: gettext_lazy("the same e-mail address"),
    Reason.OTHER_EMAIL: gettext_lazy("another e-mail address"),
    Reason.SAME_NAME: gettext_lazy("the same name"),
    Reason.SIMILAR_NAME: gettext_lazy("a similar name"),
    Reason.OTHER_NAME: gettext_lazy("another name"),
    Reason.SAME_COUNTRY: gettext_lazy("the same country"),
    Reason.OTHER_COUNTRY: gettext_lazy("another country"),
    Reason.SAME_ORGANISATION: gettext_lazy("the same organisation"),
    Reason.SEVERAL: gettext_lazy("several records fit as well"),
}


def reason(code: str) -> str:
    """Return why two records may be of one person, in a few words."""
    return str(REASONS[Reason(code)])


def problem(found: Mapping[str, str]) -> str:
    """Return what is wrong with a row, in one sentence."""
    code, value = found["code"], found.get("value", "")
    column = str(Column(found["column"]).label) if found.get("column") else ""
    names = {"column": column, "value": value}
    sentences = {
        "too-many-cells": _("The row has more cells than the headings. Is there a delimiter inside a text?"),
        "formula": _("%(column)s: “%(value)s” begins with a sign that spreadsheets take for a formula."),
        "error-value": _("%(column)s: “%(value)s” is what a spreadsheet shows where a formula failed."),
        "unreadable": _("%(column)s: “%(value)s” holds letters that cannot be read. Is the encoding the right one?"),
        "name-missing": _("The name is missing."),
        "name-without-letter": _("%(column)s: “%(value)s” holds no letter."),
        "name-not-latin": _("%(column)s: “%(value)s” holds other than Latin letters."),
        "too-long": _("%(column)s: “%(value)s” is too long."),
        "email": _("%(column)s: “%(value)s” is not a complete e-mail address."),
        "country": _("%(column)s: “%(value)s” is not a country we know."),
        "country-missing": _("Who takes part for a government needs a country."),
        "choice": _("%(column)s: “%(value)s” is not one of the answers we know."),
        "duplicate": _(
            "The same person already stands in row %(value)s. If it is somebody else, add what tells the two apart."
        ),
        "own": _("This is yourself. Nobody enrols themselves by a list."),
        "full": _("There was no place left."),
        "refused": "%(value)s",
    }
    return sentences[code] % names
