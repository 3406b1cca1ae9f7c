"""Requirements in words: where somebody stands, in one sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .completion import Outcome


def lessons(outcome: Outcome) -> str:
    """Say how many lessons of a module are done."""
    fact = outcome.fact
    if outcome.met:
        return _("All lessons are done.")
    if not fact.total or not fact.done:
        return _("Not started yet.")
    return ngettext("%(done)d of %(total)d lesson is done.", "%(done)d of %(total)d lessons are done.", fact.total) % {
        "done": fact.done,
        "total": fact.total,
    }


def quiz(outcome: Outcome) -> str:
    """Say the best grade beside the pass mark."""
    numbers = {"best": int(outcome.fact.value), "needed": int(outcome.at_least)}
    if outcome.met:
        return _("Passed with %(best)d %% (%(needed)d %% needed).") % numbers
    if not outcome.fact.done:
        return _("Not tried yet; %(needed)d %% needed.") % numbers
    return _("Best result so far %(best)d %%; %(needed)d %% needed.") % numbers
