"""Whoever is shown another person's data leaves an entry for that person, at every address of the site.

Every participant of the world gets a name that nothing else has. Every address of ``test_urls_by_role.TABLE`` is asked
by everybody who gets an answer; for each such name in the answer there must be an entry in the trail. An address that
shows people on purpose without one stands in ``EXCUSED``, with the reason.
"""

from __future__ import annotations

import re
from operator import attrgetter

import pytest
from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from core.models import AuditEntry
from courses.certificates.models import Certificate
from courses.participants.models import Participant
from courses.workshops.models import Nomination

from .test_urls_by_role import PEOPLE, TABLE, clients, files_apart, world  # noqa: F401

pytestmark = pytest.mark.django_db
NAME = re.compile(r"Zq(\d+)q")
EXCUSED = {
    "certificate_check": "public: whoever has the number reads the name that is printed beside it",
    "certificate_link": "opened by the link in the holder's own mail, without signing in",
    "workshop_calendar_personal": "opened by the link in the person's own mail, without signing in",
    "nomination_answer": "opened by the link in the nominee's own mail, without signing in",
    "audit_report": "the trail itself",
    "audit_report_results": "the trail itself",
}


@pytest.fixture(scope="module")
def named(world, django_db_blocker):  # noqa: F811
    """Names that nothing else has."""
    with django_db_blocker.unblock():
        unmistakable = Concat(Value("Zq"), Cast(F("pk"), CharField()), Value("q"))
        Participant.objects.update(name=unmistakable)
        Nomination.objects.update(name=Concat(Value("Zq"), Cast(F("participant"), CharField()), Value("q")))
        Certificate.objects.update(name=Concat(Value("Zq"), Cast(F("participant"), CharField()), Value("q")))
    return world


def untold(client, method: str, url: str, viewer) -> set[str] | None:
    """Return the people in the answer of whom the trail knows nothing; ``None`` where there is no answer."""
    with transaction.atomic():
        AuditEntry.objects.of_seeing().delete()
        response = getattr(client, method)(url)
        content = b"".join(response) if response.status_code == 200 else b""
        shown = set(NAME.findall(content.decode(errors="ignore")))
        told = set(AuditEntry.objects.of_seeing().filter(actor=viewer).values_list("object_id", flat=True))
        own = {str(pk) for pk in Participant.objects.filter(user=viewer).values_list("pk", flat=True)}
        transaction.set_rollback(True)
    return shown - told - own


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_whoever_is_shown_somebody_leaves_an_entry(row, named, clients):  # noqa: F811
    args = [getattr(value, "pk", value) for value in (attrgetter(path)(named) for path in row.objects.split())]
    answers = dict(zip(PEOPLE, row.answers.split(), strict=True))
    viewers = [who for who in PEOPLE if who not in ("visitor", "learner") and answers[who] == "200"]
    wrong = []
    for name in row.urls:
        if name in EXCUSED:
            continue
        for who in viewers:
            people = untold(
                clients[who], "post" if row.post else "get", reverse(name, args=args), getattr(named.cast, who)
            )
            if people:
                wrong.append(f"{name} shows {who} the participants {sorted(people)}, and the trail says nothing")
    assert not wrong, "\n".join(["call courses.participants.trail.saw in the view:", *wrong])


def test_the_walk_sees_names_where_there_are_some(named, clients):  # noqa: F811
    """Else the test above would promise nothing."""
    seen = set()
    for name, path in (("registrations", "workshop.key"), ("cohort_progress", "cohort.pk"), ("participants:index", "")):
        args = [attrgetter(one)(named) for one in path.split()]
        response = clients["head"].get(reverse(name, args=args))
        if NAME.search(b"".join(response).decode()):
            seen.add(name)
    assert seen == {"registrations", "cohort_progress", "participants:index"}
