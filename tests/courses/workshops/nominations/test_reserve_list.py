"""The reserve list on the page of nominations."""

from __future__ import annotations

import re
from functools import partial

import pytest

from core.models import AuditEntry
from core.personal import Person
from courses.privacy.erasing import erase_person
from courses.workshops import services
from courses.workshops.models import Nomination, Workshop
from courses.workshops.services.nomination_mails import nomination_token
from jobs.models import OutboxMail
from tests import factories

from .pages import address, main

pytestmark = pytest.mark.django_db


class TestTheReserveList:
    """A place that is free again goes to the first on the list, by a press and never by itself."""

    MOVE_UP = "Move up and invite"

    @pytest.fixture
    def reserve(self, asking):
        """Places for one: Achieng has it; Third, First and Second wait, put on the list in the order of their names."""
        Workshop.objects.filter(pk=asking.pk).update(capacity=1)
        rows = {
            name: factories.NominationFactory(workshop=asking, participant__name=name, country_id="UG")
            for name in ("Third", "Second", "First")
        }
        rows["Achieng"] = factories.NominationFactory(workshop=asking, participant__name="Achieng")
        decide = partial(services.decide_nominations, actor=None, workshop=asking)
        decide(nominations=[rows["Achieng"].pk], state="selected")
        for name in ("First", "Second", "Third"):
            decide(nominations=[rows[name].pk], state="reserve")
        for row in rows.values():
            row.refresh_from_db()
        return rows

    @pytest.fixture
    def page(self, as_person, asking):
        def opened(who="trainer", query=""):
            return main(as_person(who).get(address("nominations", asking) + query))

        return opened

    def test_while_no_place_is_free_nobody_is_offered_but_the_order_is_shown(self, page, reserve):
        text = page()
        assert self.MOVE_UP not in text and "Next on the reserve list" not in text
        assert re.findall(r"<li><bdi>(\w+)</bdi>, Uganda", text) == ["First", "Second", "Third"]

    @pytest.mark.parametrize("way", ["declined", "taken back", "cancelled"])
    def test_a_place_that_is_free_again_is_offered_to_the_first(self, page, reserve, asking, way):
        gone = services.read_nomination(nomination_token(reserve["Achieng"]))
        if way == "declined":
            services.decline_nomination(nomination=gone)
        elif way == "taken back":
            services.decide_nominations(actor=None, workshop=asking, nominations=[gone.pk], state="nominated")
        else:
            registration = services.confirm_nomination(nomination=gone)
            services.cancel_registration(actor=None, registration=registration)
        text = page(query="?state=declined")  # whatever the filter
        assert "1 of 1 place is free." in text
        assert "Next on the reserve list: <bdi>First</bdi> (Uganda)." in text
        assert text.count(self.MOVE_UP) == 1
        assert Nomination.objects.get(pk=reserve["First"].pk).state == "reserve"  # not by itself

    def test_one_press_selects_invites_and_is_on_record(self, page, as_person, asking, reserve, cast):
        services.decline_nomination(nomination=reserve["Achieng"])
        first, url = reserve["First"], address("nominations", asking)
        assert f'<input type="hidden" name="nominations" value="{first.pk}">' in page()
        response = as_person("trainer").post(url, {"act": "selected", "nominations": [first.pk]}, follow=True)
        first.refresh_from_db()
        assert (first.state, first.decided_by) == ("selected", cast.trainer)
        assert OutboxMail.objects.filter(to=first.email, key__startswith="nomination_selected:").count() == 1
        entry = AuditEntry.objects.filter(action="workshops.decide_nomination").latest("pk")
        assert (entry.actor, entry.object_id, entry.data["state"]) == (cast.trainer, str(first.pk), "selected")
        text = main(response)
        assert self.MOVE_UP not in text
        assert re.findall(r"<li><bdi>(\w+)</bdi>, Uganda", text) == ["Second", "Third"]
        again = as_person("organiser").post(url, {"act": "selected", "nominations": [reserve["Second"].pk]})
        assert "1 place too few" in main(again)

    def test_of_several_put_there_at_once_who_was_nominated_first_comes_first(self, page, reserve, asking):
        names = ("Third", "Second", "First")  # as they were nominated
        for state in ("nominated", "reserve"):
            services.decide_nominations(
                actor=None, workshop=asking, nominations=[reserve[name].pk for name in names], state=state
            )
        assert re.findall(r"<li><bdi>(\w+)</bdi>, Uganda", page()) == list(names)

    def test_who_has_a_place_already_or_was_erased_is_passed_over(self, page, reserve, asking):
        services.decline_nomination(nomination=reserve["Achieng"])
        Workshop.objects.filter(pk=asking.pk).update(capacity=2)
        services.register(actor=None, participant=reserve["First"].participant, workshop=asking, source="organiser")
        erase_person(Person(participant=reserve["Second"].participant))
        assert "Next on the reserve list: <bdi>Third</bdi>" in page()

    def test_nobody_moves_themselves_up(self, page, as_person, reserve, asking, cast):
        services.decline_nomination(nomination=reserve["Achieng"])
        Nomination.objects.filter(pk=reserve["First"].pk).update(email="trainer@example.org")
        text = page()
        assert "Next on the reserve list: <bdi>First</bdi>" in text
        assert self.MOVE_UP not in text and "You cannot decide on a nomination of your own" in text
        assert self.MOVE_UP in page("organiser")

    def test_without_a_number_of_places_the_next_is_offered_and_after_the_workshop_nobody(self, page, reserve, asking):
        Workshop.objects.filter(pk=asking.pk).update(capacity=None)
        assert "Next on the reserve list: <bdi>First</bdi>" in page()
        Workshop.objects.filter(pk=asking.pk).update(state="held")
        assert self.MOVE_UP not in page()

    def test_that_it_was_looked_at_stands_in_the_trail_also_of_whom_a_filter_hides(self, page, reserve):
        page(query="?state=declined")
        for name in ("First", "Second", "Third"):
            assert AuditEntry.objects.of_seeing().about(reserve[name].participant).exists()
