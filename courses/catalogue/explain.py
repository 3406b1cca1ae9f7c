"""Requirements in words: what is asked, and where somebody stands, in one sentence."""

from __future__ import annotations

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .completion import Leaf, Outcome, Waiver


def number(value: float) -> str:
    """Return a number as the reader writes it, without a needless ``.0``."""
    return number_format(int(value) if value == int(value) else round(value, 1))


def lessons(outcome: Outcome) -> str:
    """Say how many lessons of a module are done."""
    fact = outcome.fact
    if outcome.met and fact.done >= fact.total:
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


def skill(outcome: Outcome) -> str:
    """Say whether a trainer has seen the skill."""
    if outcome.met:
        return _("A trainer has seen that you can do it.")
    if outcome.fact.done:
        return _("A trainer has looked at it: not yet. Try again when you are ready.")
    return _("No trainer has seen it yet.")


def assignment(outcome: Outcome) -> str:
    """Say whether a trainer has accepted the assignment."""
    if outcome.met:
        return _("Accepted by a trainer.")
    if outcome.fact.done:
        return _("Returned by a trainer: it needs more work.")
    return _("Not accepted yet.")


def waived(waiver: Waiver) -> str:
    """Say why a requirement counts as met though it was not done here, by whom and when."""
    words = {
        "day": date_format(localtime(waiver.at)) if waiver.at else "",
        "who": waiver.by or _("an organiser"),
        "reason": waiver.reason,
        "issuer": waiver.issuer,
        "evidence": waiver.evidence,
    }
    if waiver.basis == "recognised":
        return (
            _("Recognised on %(day)s by %(who)s: certificate of %(issuer)s (%(evidence)s). Reason: %(reason)s") % words
        )
    if waiver.evidence:
        return _("Waived on %(day)s by %(who)s. Reason: %(reason)s Evidence: %(evidence)s") % words
    return _("Waived on %(day)s by %(who)s. Reason: %(reason)s") % words


# --- What is asked --------------------------------------------------------------------------------


def asked(title: str, leaf: Leaf) -> str:
    """Say what a requirement asks, for kinds without words of their own."""
    words = {"title": title, "needed": number(leaf.at_least)}
    if leaf.measure == "days":
        return (
            ngettext("%(title)s: at least %(needed)s day", "%(title)s: at least %(needed)s days", int(leaf.at_least))
            % words
        )
    if leaf.measure == "count":
        return _("%(title)s: at least %(needed)s") % words
    return _("%(title)s: at least %(needed)s %%") % words


def lessons_asked(title: str, leaf: Leaf) -> str:
    """Say how much of a module is to be read."""
    if leaf.at_least >= 100:
        return _("%(title)s: every lesson") % {"title": title}
    return _("%(title)s: at least %(needed)s %% of the lessons") % {"title": title, "needed": number(leaf.at_least)}


def skill_asked(title: str, leaf: Leaf) -> str:
    """Say that a trainer is to see a skill."""
    return _("%(title)s: seen by a trainer") % {"title": title}


def assignment_asked(title: str, leaf: Leaf) -> str:
    """Say that a trainer is to accept an assignment."""
    return _("%(title)s: accepted by a trainer") % {"title": title}
