"""What goes before a workshop: who says it, what can be asked, whom it keeps out, and who is told."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from courses.catalogue import services as catalogue
from courses.catalogue.services.cohorts import WrongPrerequisite as WrongForCourse
from courses.participants.models import Participant
from courses.workshops import errors, services
from courses.workshops.models import Attendance, Registration, Workshop, WorkshopPrerequisite
from courses.workshops.prerequisites import asked_before
from courses.workshops.services.nomination_mails import nomination_token
from modules.records.models import Item
from tests import factories


@pytest.fixture
def learner(cast):
    return Participant.objects.get(user=cast.learner)


@pytest.fixture
def first(programme):
    """Another course, to complete before."""
    return factories.CourseFactory(programme=programme, item__titles={"en": "Basics of law"})


@pytest.fixture
def other(programme):
    """Another workshop, public, to attend before."""
    return factories.WorkshopFactory(programme=programme, title="First steps")


@pytest.fixture
def ask(cast, workshop):
    def asked(kind, ref, before=None, actor=cast.trainer):
        return services.add_prerequisite(actor=actor, workshop=before or workshop, kind=kind, ref=str(ref))

    return asked


def complete(learner, course):
    factories.EnrolmentFactory(
        participant=learner, cohort=factories.CohortFactory(course=course), completed_at=timezone.now()
    )


def attend(learner, session, minutes):
    Attendance.objects.create(session=session, participant=learner, state="partly", minutes=minutes)


def without_tokens(html):
    """A page without what differs from one reading to the next."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", html)


def by_oneself(cast, learner, workshop):
    return services.register(actor=cast.learner, participant=learner, workshop=workshop)


class TestWhoSaysIt:
    def test_trainer_and_organiser_of_the_workshop_do_and_it_is_on_record(self, cast, ask, first, other):
        ask("course", first.pk)
        ask("workshop", other.key, actor=cast.organiser)
        acts = AuditEntry.objects.filter(action="workshops.add_prerequisite")
        assert {entry.actor for entry in acts} == {cast.trainer, cast.organiser}

    @pytest.mark.parametrize("who", ["learner", "outsider", "other_trainer", "other_organiser", "focal_point"])
    def test_nobody_else_does(self, cast, ask, first, who):
        with pytest.raises(errors.NotYourWorkshop):
            ask("course", first.pk, actor=getattr(cast, who))
        row = ask("course", first.pk)
        with pytest.raises(errors.NotYourWorkshop):
            services.remove_prerequisite(actor=getattr(cast, who), prerequisite=row)
        assert not WorkshopPrerequisite.objects.visible_to(getattr(cast, who)).exists()
        assert WorkshopPrerequisite.objects.visible_to(cast.trainer).get() == row

    def test_taking_away_is_on_record(self, cast, ask, first, workshop):
        services.remove_prerequisite(actor=cast.trainer, prerequisite=ask("course", first.pk))
        assert not workshop.prerequisites.exists()
        assert AuditEntry.objects.get(action="workshops.remove_prerequisite").actor == cast.trainer

    def test_a_row_of_another_workshop_is_not_taken_away_by_this_address(self, client, cast, ask, first, workshop):
        theirs = factories.WorkshopFactory(programme=factories.ProgrammeFactory())
        row = WorkshopPrerequisite.objects.create(workshop=theirs, course=first)
        client.force_login(cast.trainer)
        assert client.post(reverse("before_remove", args=[workshop.key, row.pk])).status_code == 404
        assert client.post(reverse("before_remove", args=[theirs.key, row.pk])).status_code == 404
        assert WorkshopPrerequisite.objects.filter(pk=row.pk).exists()


class TestWhatCanBeAsked:
    @pytest.mark.parametrize(
        ("kind", "ref"), [("course", "999999"), ("module", "x"), ("workshop", "none"), ("degree", "1"), ("", "")]
    )
    def test_only_what_is_there(self, ask, kind, ref):
        with pytest.raises(errors.WrongPrerequisite, match="Choose what has to be completed"):
            ask(kind, ref)

    @pytest.mark.parametrize("state", ["proposed", "cancelled"])
    def test_no_workshop_that_the_public_cannot_read_or_nobody_can_attend(self, ask, other, state):
        reason = "Flood" if state == "cancelled" else ""
        Workshop.objects.filter(pk=other.pk).update(state=state, cancel_reason=reason)
        with pytest.raises(errors.WrongPrerequisite):
            ask("workshop", other.key)

    def test_each_thing_once(self, ask, first):
        ask("course", first.pk)
        with pytest.raises(errors.WrongPrerequisite, match="already"):
            ask("course", first.pk)

    def test_not_the_workshop_itself(self, ask, workshop):
        with pytest.raises(errors.WrongPrerequisite, match="circle"):
            ask("workshop", workshop.key)
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkshopPrerequisite.objects.create(workshop=workshop, other=workshop)

    def test_a_row_asks_for_exactly_one_thing(self, workshop, first, other):
        for fields in ({}, {"course": first, "other": other}):
            with pytest.raises(IntegrityError), transaction.atomic():
                WorkshopPrerequisite.objects.create(workshop=workshop, **fields)

    def test_no_circle_of_workshops(self, cast, ask, workshop, other, programme):
        third = factories.WorkshopFactory(programme=programme)
        ask("workshop", other.key)
        ask("workshop", third.key, before=other, actor=cast.organiser)
        with pytest.raises(errors.WrongPrerequisite, match="circle"):
            ask("workshop", workshop.key, before=third, actor=cast.organiser)

    def test_no_circle_by_a_course_from_either_side(self, cast, ask, workshop, first, other):
        catalogue.add_prerequisite(actor=cast.organiser, course=first, kind="workshop", ref=workshop.key)
        with pytest.raises(errors.WrongPrerequisite, match="circle"):
            ask("course", first.pk)
        later = factories.CourseFactory(programme=first.programme)
        ask("course", later.pk)
        with pytest.raises(WrongForCourse, match="circle"):
            catalogue.add_prerequisite(actor=cast.organiser, course=later, kind="workshop", ref=workshop.key)

    def test_no_circle_by_a_module_that_waits_for_the_workshop(self, cast, ask, workshop, first):
        module = factories.ItemFactory(kind=Item.Kind.MODULE)
        asked = {"actor": cast.organiser, "course": first, "kind": "workshop", "ref": workshop.key, "module": module}
        ask("module", module.pk)
        with pytest.raises(WrongForCourse, match="circle"):
            catalogue.add_prerequisite(**asked)
        WorkshopPrerequisite.objects.all().delete()
        catalogue.add_prerequisite(**asked)
        with pytest.raises(errors.WrongPrerequisite, match="circle"):
            ask("module", module.pk)

    def test_not_the_course_it_is_part_of_now_or_later(self, cast, ask, workshop, course, first):
        with pytest.raises(errors.WrongPrerequisite, match="part of the course"):
            ask("course", course.pk)
        ask("course", first.pk)
        with pytest.raises(errors.WrongPrerequisite, match="part of the course"):
            services.change_workshop(actor=cast.trainer, workshop=workshop, course=first)


class TestWhomItKeepsOut:
    def test_who_has_not_completed_the_course_is_told_what_is_missing(self, cast, learner, workshop, ask, first):
        ask("course", first.pk)
        with pytest.raises(errors.PrerequisiteMissing, match="“Basics of law”"):
            by_oneself(cast, learner, workshop)
        assert not Registration.objects.exists()
        complete(learner, first)
        assert by_oneself(cast, learner, workshop).state == "registered"

    def test_most_of_the_other_workshop_must_be_attended(
        self, cast, learner, workshop, ask, other, add_session, course
    ):
        session = add_session(other)
        ask("workshop", other.key)
        attend(learner, session, session.minutes // 2)
        with pytest.raises(errors.PrerequisiteMissing, match="First steps"):
            by_oneself(cast, learner, workshop)
        Attendance.objects.update(minutes=session.minutes)
        assert by_oneself(cast, learner, workshop).state == "registered"

    def test_a_module_must_be_done(self, cast, learner, workshop, ask):
        module = factories.ItemFactory(kind=Item.Kind.MODULE, titles={"en": "Genetic resources"})
        ask("module", module.pk)
        with pytest.raises(errors.PrerequisiteMissing, match="Genetic resources"):
            by_oneself(cast, learner, workshop)

    def test_a_workshop_cancelled_since_is_asked_for_no_longer(self, cast, learner, workshop, ask, other):
        ask("workshop", other.key)
        Workshop.objects.filter(pk=other.pk).update(state="cancelled", cancel_reason="Flood")
        assert asked_before(workshop, learner) == []
        assert by_oneself(cast, learner, workshop).state == "registered"

    def test_who_is_in_stays_in(self, cast, learner, workshop, ask, first):
        by_oneself(cast, learner, workshop)
        ask("course", first.pk)
        with pytest.raises(errors.AlreadyRegistered):
            by_oneself(cast, learner, workshop)

    def test_those_who_run_it_register_somebody_all_the_same(self, cast, learner, workshop, ask, first):
        ask("course", first.pk)
        organiser = {"actor": cast.organiser, "workshop": workshop}
        assert services.register(**organiser, participant=learner, source="organiser").state == "registered"
        assert services.register_at_the_door(**organiser, name="Somebody").state == "registered"

    def test_a_nominee_who_was_selected_comes_in_all_the_same(self, cast, workshop, ask, first):
        ask("course", first.pk)
        nominee = factories.NominationFactory(workshop=workshop, state="selected")
        assert services.confirm_nomination(nomination=nominee)

    @pytest.mark.parametrize(
        ("state", "lacking", "expected"),
        [
            ("selected", True, errors.Nominated),
            ("selected", False, errors.Nominated),
            ("nominated", True, errors.Nominated),
            ("nominated", False, None),
            ("reserve", True, errors.Nominated),
            ("reserve", False, None),
            ("not-selected", True, errors.PrerequisiteMissing),
            ("not-selected", False, None),
            ("declined", True, errors.PrerequisiteMissing),
            ("declined", False, None),
            ("withdrawn", True, errors.PrerequisiteMissing),
            ("withdrawn", False, None),
        ],
    )
    def test_the_table_of_nominees_who_register_by_themselves(
        self, cast, learner, workshop, ask, first, state, lacking, expected
    ):
        """Who is selected answers the invitation; nobody with an open nomination is refused for what goes before."""
        ask("course", first.pk)
        if not lacking:
            complete(learner, first)
        factories.NominationFactory(workshop=workshop, participant=learner, state=state)
        if expected is None:
            assert by_oneself(cast, learner, workshop).source == "self"
            return
        with pytest.raises(expected) as caught:
            by_oneself(cast, learner, workshop)
        assert ("nominated you for Kenya" in str(caught.value)) == (expected is errors.Nominated)
        assert ("Basics of law" in str(caught.value)) == (expected is errors.PrerequisiteMissing)
        assert not Registration.objects.exists()

    def test_a_nomination_for_another_workshop_changes_nothing(self, cast, learner, workshop, ask, first, other):
        factories.NominationFactory(workshop=other, participant=learner, state="selected")
        assert by_oneself(cast, learner, workshop).state == "registered"


class TestWhoIsTold:
    def test_the_page_lists_it_and_ones_own_standing_alone(self, client, cast, learner, workshop, ask, first):
        ask("course", first.pk)
        address = reverse("workshop", args=[workshop.key])
        way_in = reverse("workshop_register", args=[workshop.key])
        visitor = client.get(address).content.decode()
        assert "Before this workshop" in visitor and "Basics of law" in visitor and way_in in visitor
        assert "Not done yet" not in visitor
        client.force_login(cast.learner)
        html = client.get(address).content.decode()
        assert "Not done yet:" in html and "Before this you need to complete" in html and way_in not in html
        complete(learner, first)
        html = client.get(address).content.decode()
        assert "Done:" in html and way_in in html
        client.force_login(cast.outsider)
        assert "Not done yet:" in client.get(address).content.decode()

    def test_registering_names_what_is_missing_with_its_link(self, client, cast, workshop, ask, other):
        ask("workshop", other.key)
        client.force_login(cast.learner)
        address = reverse("workshop_register", args=[workshop.key])
        html = client.get(address).content.decode()
        assert "You cannot register now" in html and f'href="{reverse("workshop", args=[other.key])}"' in html
        html = client.post(address, follow=True).content.decode()
        assert "Before this you need to complete: “First steps”." in html
        assert not Registration.objects.exists()

    def test_a_workshop_in_the_archive_is_named_without_a_link(self, workshop, ask, other):
        ask("workshop", other.key)
        Workshop.objects.filter(pk=other.pk).update(archived_at=timezone.now())
        assert [(one.title, one.url) for one in asked_before(workshop, None)] == [("First steps", "")]

    @pytest.mark.parametrize("page", ["registration_add", "nominations"])
    def test_those_who_run_it_read_it_where_they_give_places(self, client, cast, workshop, ask, first, page):
        ask("course", first.pk)
        client.force_login(cast.trainer)
        html = client.get(reverse(page, args=[workshop.key])).content.decode()
        assert "Basics of law" in html and "You decide" in html

    def test_queries_do_not_grow_with_what_is_asked(self, learner, workshop, django_assert_max_num_queries):
        def more(number):
            for _number in range(number):
                WorkshopPrerequisite.objects.create(workshop=workshop, other=factories.WorkshopFactory())
                WorkshopPrerequisite.objects.create(workshop=workshop, course=factories.CourseFactory())
                module = factories.ItemFactory(kind=Item.Kind.MODULE)
                WorkshopPrerequisite.objects.create(workshop=workshop, module=module)

        more(1)
        with django_assert_max_num_queries(30) as few:
            assert len(asked_before(workshop, learner)) == 3
        more(4)
        with django_assert_max_num_queries(len(few)):
            assert len(asked_before(workshop, learner)) == 15


class TestANomineeOnThePublicPages:
    """They read of their nomination and are led to their answer; nobody else learns of it."""

    TOLD = "A focal point nominated you for Kenya"

    @pytest.fixture
    def pages(self, client, workshop):
        def opened(who):
            client.logout()
            if who is not None:
                client.force_login(who)
            found = {name: client.get(reverse(name, args=[workshop.key])) for name in ("workshop", "workshop_register")}
            return {name: page.content.decode() for name, page in found.items()}

        return opened

    @pytest.fixture
    def nominated(self, workshop, learner):
        def made(state):
            return factories.NominationFactory(workshop=workshop, participant=learner, state=state)

        return made

    @pytest.mark.parametrize("workshop_state", ["open", "closed", "announced"])
    def test_who_is_selected_is_led_to_the_answer_and_registers_there(
        self, client, cast, workshop, ask, first, pages, nominated, workshop_state
    ):
        ask("course", first.pk)
        nomination = nominated("selected")
        Workshop.objects.filter(pk=workshop.pk).update(state=workshop_state)
        answer = reverse("nomination_answer", args=[nomination_token(nomination)]).rpartition(":")[0]
        for html in pages(cast.learner).values():
            assert "You are selected for this workshop" in html and self.TOLD in html
            assert "is not asked of those who are selected" in html
            for refused in ("Not done yet", "Before this you need", "You cannot register", "Registration is closed"):
                assert refused not in html
            link = re.search(r'href="(/en/nominations/answer/[^"]+)"', html).group(1)
            assert answer.split(":")[0] == link.split(":")[0]
        client.post(reverse("workshop_register", args=[workshop.key]))
        assert not Registration.objects.exists()
        client.post(link, {"answer": "yes"})
        assert Registration.objects.get().source == "nomination"
        for html in pages(cast.learner).values():
            assert self.TOLD not in html

    @pytest.mark.parametrize("state", ["nominated", "reserve"])
    def test_who_waits_for_the_decision_is_told_so_instead_of_being_refused(
        self, cast, learner, workshop, ask, first, pages, nominated, state
    ):
        ask("course", first.pk)
        nominated(state)
        for html in pages(cast.learner).values():
            assert "You are nominated for this workshop" in html and self.TOLD in html
            assert "is not asked of those who are selected" in html
            assert "Before this you need" not in html and "/nominations/answer/" not in html
            assert "eserve" not in html[html.index("<main") :]  # where they stand in the choice is not said
            assert "Before this workshop" in html  # it is asked of who registers by themselves
        complete(learner, first)
        html = pages(cast.learner)
        assert reverse("workshop_register", args=[workshop.key]) in html["workshop"]
        assert "You register as" in html["workshop_register"]

    def test_who_still_may_register_by_themselves_does_by_the_form(self, client, cast, workshop, nominated):
        nominated("nominated")
        client.force_login(cast.learner)
        client.post(reverse("workshop_register", args=[workshop.key]))
        assert Registration.objects.get().source == "self"

    @pytest.mark.parametrize("state", ["nominated", "selected"])
    @pytest.mark.parametrize("who", ["outsider", "trainer", "organiser", "focal_point", "other_trainer", None])
    def test_nobody_else_reads_of_it_there(self, cast, workshop, pages, nominated, state, who):
        workshop.capacity = None  # a place that is kept is counted for everybody
        workshop.save()
        user = getattr(cast, who) if who else None
        before = pages(user)
        nominated(state)
        after = pages(user)
        for name, html in after.items():
            assert without_tokens(html) == without_tokens(before[name])
            assert "nominated you" not in html and "/nominations/answer/" not in html

    def test_an_office_address_of_the_nominee_tells_a_colleague_nothing(self, cast, workshop, pages):
        factories.NominationFactory(workshop=workshop, email="learner@example.org", state="selected")
        for html in pages(cast.learner).values():
            assert "nominated you" not in html

    @pytest.mark.parametrize("fields", [{"state": "cancelled", "cancel_reason": "Flood"}, {"state": "held"}])
    def test_of_a_workshop_that_is_over_or_cancelled_nothing_is_said(self, cast, workshop, pages, nominated, fields):
        nominated("selected")
        Workshop.objects.filter(pk=workshop.pk).update(**fields)
        for html in pages(cast.learner).values():
            assert "nominated you" not in html


class TestThePageOfThoseWhoRunIt:
    @pytest.fixture
    def address(self, client, cast, workshop):
        client.force_login(cast.trainer)
        return reverse("workshop_before", args=[workshop.key])

    def test_asks_and_takes_away(self, client, address, workshop, other):
        html = client.post(address, {"what": f"workshop:{other.key}"}, follow=True).content.decode()
        assert "This is asked for from now on." in html and "First steps" in html
        row = workshop.prerequisites.get()
        html = client.post(reverse("before_remove", args=[workshop.key, row.pk]), follow=True).content.decode()
        assert "This is no longer asked for." in html and not workshop.prerequisites.exists()

    def test_offers_neither_itself_nor_drafts(self, client, address, workshop, other, programme):
        draft = factories.WorkshopFactory(programme=programme, title="Secret plan", state="proposed")
        html = client.get(address).content.decode()
        assert f"workshop:{other.key}" in html
        assert f"workshop:{workshop.key}" not in html and draft.key not in html

    def test_an_error_stands_beside_the_field_and_the_choice_stays(self, client, address, cast, workshop, other):
        services.add_prerequisite(actor=cast.organiser, workshop=other, kind="workshop", ref=workshop.key)
        html = client.post(address, {"what": f"workshop:{other.key}"}).content.decode()
        assert "This leads in a circle" in html
        assert f'<option value="workshop:{other.key}" selected>' in html
        for wrong in ({}, {"what": ""}, {"what": "workshop:none"}):
            assert client.post(address, wrong).status_code == 200
        assert not workshop.prerequisites.exists()

    def test_says_that_a_cancelled_workshop_is_not_asked_for_now(self, client, address, ask, other):
        ask("workshop", other.key)
        Workshop.objects.filter(pk=other.pk).update(state="cancelled", cancel_reason="Flood")
        assert "this workshop was cancelled" in client.get(address).content.decode()

    def test_is_linked_from_the_desk_and_the_edit_page(self, client, address, workshop):
        for page in ("workshop_manage", "workshop_edit"):
            assert address in client.get(reverse(page, args=[workshop.key])).content.decode()
