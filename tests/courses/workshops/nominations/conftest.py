"""The cast's workshop asks for nominations; a focal point puts people forward, a trainer decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.workshops import services
from courses.workshops.services.nomination_mails import nomination_token
from institutions.models import Country
from tests import factories


@pytest.fixture
def asking(workshop):
    """The cast's workshop in twenty days; three places, two nominees for each country."""
    workshop.starts_on = workshop.today + timedelta(days=20)
    workshop.ends_on = workshop.starts_on
    workshop.nominations_close_on = workshop.today + timedelta(days=5)
    workshop.nominees_per_country = 2
    workshop.save()
    return workshop


@pytest.fixture
def nominate(asking, cast):
    def nominated(name="Achieng Otieno", email="achieng@example.org", country="KE", actor="focal_point", **words):
        return services.nominate(
            actor=getattr(cast, actor) if actor else None,
            workshop=asking,
            country=Country.objects.get(pk=country),
            name=name,
            email=email,
            **words,
        )

    return nominated


@pytest.fixture
def decide(asking, cast):
    def decided(*nominations, state="selected", who="trainer", reason=""):
        ids = [nomination.pk for nomination in nominations]
        return services.decide_nominations(
            actor=getattr(cast, who), workshop=asking, nominations=ids, state=state, reason=reason
        )

    return decided


@pytest.fixture
def nomination(asking, cast):
    return factories.NominationFactory(
        workshop=asking, participant__name="Achieng Otieno", nominated_by=cast.focal_point, gender="woman"
    )


@pytest.fixture
def as_person(client, cast):
    def signed_in(who):
        client.force_login(getattr(cast, who))
        return client

    return signed_in


@pytest.fixture
def link(asking, nomination):
    services.decide_nominations(actor=None, workshop=asking, nominations=[nomination.pk], state="selected")
    return reverse("nomination_answer", args=[nomination_token(nomination)])
