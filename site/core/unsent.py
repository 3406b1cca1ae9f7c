"""The server's half of ``static/js/unsent.js``: work that a browser kept while the line was down."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

LONGEST = timedelta(days=366)


def refusal(request: HttpRequest) -> JsonResponse | None:
    """Return the answer to work that is not of the account signed in now, or ``None`` if it is.

    The browser keeps what is answered so. Work sent without ``account`` (no script) is whoever's signed in.
    """
    if not request.user.is_authenticated:
        message = _("You are signed out. Sign in again in another window; your work is kept in this browser.")
    elif request.POST.get("account", str(request.user.key)) != str(request.user.key):
        message = _("Another account is signed in now. Your work is kept in this browser until you sign in again.")
    else:
        return None
    return JsonResponse({"saved": False, "message": message}, status=401)


def done_at(request: HttpRequest, *, not_before: datetime | None = None, longest: timedelta = LONGEST) -> datetime:
    """Return when the work was done: now less the ``age`` that the browser says, never before ``not_before``.

    An age above ``longest`` is that of no work but of a clock that has been set since, or made up: it counts as now.
    """
    now = timezone.now()
    try:
        age = timedelta(milliseconds=float(request.POST.get("age", 0)))
    except (ValueError, OverflowError):
        age = timedelta(0)
    done = now - age if timedelta(0) <= age <= longest else now
    return max(done, not_before) if not_before else done
