"""A list becomes people: looked at first, written when confirmed, once, whatever happens to the worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from core.personal import Person
from courses.catalogue.models import Enrolment
from courses.participants.activation import activate
from courses.participants.imports import checking, services, writing
from courses.participants.models import ColumnChoice, ImportRow, Participant, PeopleImport
from courses.privacy.erasing import erase_person
from institutions.models import Role, RoleAssignment
from institutions.services import grant_role, revoke_role
from jobs.models import Job, OutboxMail
from jobs.running import run, work_off
from tests import factories

from .conftest import GOOD, HEAD, csv_file, xlsx_file

pytestmark = pytest.mark.django_db


def test_the_dry_run_names_every_bad_row_and_writes_nobody(bring):
    people = Participant.objects.count()
    bad = [["", "nameless@x.org", "", "", ""], ["Bad Mail", "no", "", "", ""], ["Far Away", "", "Atlantis", "", ""]]
    batch = bring([*GOOD, *bad, GOOD[0]])
    assert services.summary(batch)["rows"] == 7
    found = {row.number: [problem["code"] for problem in row.problems] for row in batch.rows.exclude(problems=[])}
    assert found == {5: ["name-missing"], 6: ["email"], 7: ["country"], 8: ["duplicate"]}
    assert batch.rows.get(number=8).problems[0]["value"] == "2"
    assert Participant.objects.count() == people


def test_a_list_with_a_bad_row_is_written_only_when_that_is_asked_for(bring, finish, cast):
    batch = bring([*GOOD, ["", "", "", "", ""], ["Bad Mail", "no", "", "", ""]])
    with pytest.raises(services.NotReady):
        services.confirm(actor=cast.organiser, batch=batch)
    batch.refresh_from_db()
    assert batch.state == "checked"
    finish(batch, only_good=True)
    assert not Participant.objects.filter(name="Bad Mail").exists()
    assert services.summary(batch) | {"created": 3, "left_out": 1} == services.summary(batch)


def test_the_people_of_a_list_are_written_down_with_their_details(bring, finish, cast):
    finish(bring(GOOD))
    amina = Participant.objects.get(email="amina@lists.example")
    assert (amina.name, amina.country_id, amina.organisation) == ("Amina Diallo", "KE", "Ministry of Environment")
    assert (amina.language, amina.created_by, amina.user) == ("en", cast.organiser, None)
    assert Participant.objects.get(name="欧阳雪梅").language == "zh-hans"
    assert AuditEntry.objects.filter(action="participants.create", object_id=str(amina.pk)).count() == 1


def test_a_workbook_does_the_same(bring, finish):
    finish(bring([], file=xlsx_file([HEAD, *GOOD])))
    assert Participant.objects.filter(name__in=[row[0] for row in GOOD]).count() == 3


def test_people_are_enrolled_where_the_list_leads(bring, finish, cohort):
    batch = finish(bring(GOOD, cohort=cohort))
    assert cohort.enrolments.active().count() == 3
    enrolment = Enrolment.objects.get(participant__email="amina@lists.example")
    assert (enrolment.source, enrolment.country_id) == ("import", "KE")
    assert services.summary(batch)["brought"] == 3
    assert not OutboxMail.objects.exists()  # nobody is told before the organiser says so


def test_where_places_end_the_rest_are_written_down_and_named(bring, finish, cohort):
    cohort.capacity = 2
    cohort.save()
    batch = finish(bring(GOOD, cohort=cohort))
    assert cohort.enrolments.active().count() == 2
    last = batch.rows.get(number=4)
    assert (last.outcome, last.brought, last.problems[0]["code"]) == ("created", False, "full")


def test_who_was_erased_since_the_dry_run_is_not_enrolled_and_the_row_says_why(bring, finish, cohort):
    known = factories.ParticipantFactory(name="DIALLO Amina", email="amina@lists.example")
    batch = bring(GOOD, cohort=cohort)
    Participant.objects.filter(pk=known.pk).update(erased_at=timezone.now())
    row = finish(batch).rows.get(participant=known)
    assert (row.brought, row.problems[0]["code"]) == (False, "refused")
    assert "erased" in row.problems[0]["value"]
    assert not cohort.enrolments.filter(participant=known).exists()
    assert cohort.enrolments.count() == len(GOOD) - 1


def test_who_is_surely_known_is_not_written_down_again_nor_changed(bring, finish, cohort):
    known = factories.ParticipantFactory(name="DIALLO Amina", email="Amina@Lists.example", organisation="University")
    batch = bring(GOOD, cohort=cohort)
    assert batch.rows.get(number=2).verdict == "sure"
    finish(batch)
    assert Participant.objects.filter(email__iexact="amina@lists.example").get() == known
    known.refresh_from_db()
    assert (known.name, known.organisation) == ("DIALLO Amina", "University")
    assert cohort.enrolments.active().filter(participant=known).exists()


def test_a_doubtful_match_waits_for_a_person(bring, finish, cast):
    office = factories.ParticipantFactory(name="Wanjiru Kamau", email="amina@lists.example")
    batch = bring(GOOD[:1])
    row = batch.rows.get()
    assert (row.verdict, row.matches[0]["ref"]) == ("unsure", f"person:{office.pk}")
    with pytest.raises(services.NotReady):
        services.confirm(actor=cast.organiser, batch=batch, only_good=False)
    services.decide(actor=cast.organiser, batch=batch, decisions={2: "new"})
    finish(batch)
    assert Participant.objects.filter(email="amina@lists.example").count() == 2


@pytest.mark.parametrize(("decision", "outcome"), [("person", "found"), ("skip", "left-out"), ("new", "created")])
def test_a_persons_decision_counts(bring, finish, cast, decision, outcome):
    office = factories.ParticipantFactory(name="Wanjiru Kamau", email="amina@lists.example")
    batch = bring([*GOOD])
    answer = f"person:{office.pk}" if decision == "person" else decision
    services.decide(actor=cast.organiser, batch=batch, decisions={2: answer})
    finish(batch)
    row = batch.rows.get(number=2)
    assert row.outcome == outcome
    assert (row.participant == office) == (decision == "person")


def test_a_decision_for_somebody_who_was_not_suggested_is_passed_over(bring, cast):
    factories.ParticipantFactory(name="Wanjiru Kamau", email="amina@lists.example")
    batch = bring(GOOD[:1])
    other = f"person:{cast.learner.participant.pk}"
    assert services.decide(actor=cast.organiser, batch=batch, decisions={2: other}) == 0


def test_people_of_other_programmes_are_found_by_their_address_only(bring, cast):
    factories.ParticipantFactory(name="Amina Diallo", country_id="KE", organisation="Ministry of Environment")
    assert bring(GOOD[:1]).rows.get().verdict == "new"
    seen = factories.ParticipantFactory(name="Amina Diallo", country_id="KE", created_by=cast.organiser)
    assert bring(GOOD[:1]).rows.get().matches[0]["ref"] == f"person:{seen.pk}"


def test_an_account_without_a_record_is_found_by_its_verified_address(bring, finish):
    account = factories.UserFactory(email="amina@lists.example", name="Amina Diallo")
    finish(bring(GOOD[:1]))
    assert Participant.objects.get(user=account).name == "Amina Diallo"


def test_an_account_whose_address_nobody_proved_is_never_connected(bring, finish):
    factories.UserFactory(email="amina@lists.example", name="Amina Diallo", verified=False)
    batch = bring(GOOD[:1])
    assert batch.rows.get().verdict == "new"
    finish(batch)
    assert Participant.objects.get(email="amina@lists.example").user is None


def test_nobody_enrols_themselves_by_a_list(bring, finish, cast, cohort):
    own = cast.organiser.participant
    batch = bring([[own.name, own.email, "", "", ""], *GOOD], cohort=cohort)
    assert batch.rows.get(number=2).problems[0]["code"] == "own"
    finish(batch, only_good=True)
    assert not cohort.enrolments.filter(participant=own).exists()


def test_the_same_list_brought_twice_makes_nobody_twice(bring, finish, cohort):
    finish(bring(GOOD[:2], cohort=cohort))
    people = Participant.objects.count()
    batch = finish(bring(GOOD[:2], cohort=cohort))
    assert services.summary(batch)["found"] == 2
    assert (Participant.objects.count(), cohort.enrolments.count()) == (people, 2)


def test_a_worker_that_takes_over_goes_on_where_the_other_died(bring, cast, cohort, monkeypatch):
    monkeypatch.setattr(writing, "CHUNK", 2)
    batch = bring([[f"Person Nr{n}", f"p{n}@x.org", "", "", ""] for n in range(5)], cohort=cohort)
    services.confirm(actor=cast.organiser, batch=batch)
    wrote = []
    write_chunk = writing._write_chunk

    def dying(batch, rows):
        wrote.append(len(rows))
        write_chunk(batch, rows)
        if len(wrote) == 2:
            raise MemoryError  # inside the transaction: this chunk is undone

    monkeypatch.setattr(writing, "_write_chunk", dying)
    batch.refresh_from_db()
    run(batch.write_job.key)
    assert Participant.objects.filter(email__endswith="@x.org").count() == 2
    Job.objects.update(lease_until=None)
    run(batch.write_job.key)
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Participant.objects.filter(email__endswith="@x.org").count() == cohort.enrolments.count() == 5


def test_running_the_finished_work_again_changes_nothing(bring, finish):
    batch = finish(bring(GOOD))
    people = Participant.objects.count()
    Job.objects.filter(pk=batch.write_job_id).update(state="queued", lease_until=None)
    run(batch.write_job.key)
    assert Participant.objects.count() == people


def test_somebody_written_down_since_the_dry_run_is_not_written_again(bring, finish):
    batch = bring(GOOD[:1])
    known = factories.ParticipantFactory(name="Amina Diallo", email="amina@lists.example")
    finish(batch)
    assert Participant.objects.filter(email="amina@lists.example").get() == known


def test_the_file_goes_when_the_work_is_over(bring, finish):
    batch = bring(GOOD)
    name, storage = batch.file.name, batch.file.storage
    assert storage.exists(name)
    finish(batch)
    assert not storage.exists(name)


def test_a_list_that_is_given_up_leaves_nothing(bring, cast, django_capture_on_commit_callbacks):
    batch = bring(GOOD)
    name, storage = batch.file.name, batch.file.storage
    with django_capture_on_commit_callbacks(execute=True):
        services.give_up(actor=cast.organiser, batch=batch)
    assert not ImportRow.objects.exists()
    assert not storage.exists(name)


@pytest.mark.parametrize("by", ["given up", "chosen anew", "forgotten"])
def test_a_dry_run_that_was_overtaken_brings_no_row_back(
    cast, programme, monkeypatch, by, django_capture_on_commit_callbacks
):
    person = factories.ParticipantFactory(name="Amina Diallo", email="amina@lists.example", created_by=cast.organiser)
    with django_capture_on_commit_callbacks():
        batch = services.bring_list(actor=cast.organiser, programme=programme, file=csv_file([HEAD, *GOOD]))
        batch = services.choose_columns(actor=cast.organiser, batch=batch, mapping={0: "name", 1: "email"})
    meanwhile = {
        "given up": lambda: services.give_up(actor=cast.organiser, batch=batch),
        "chosen anew": lambda: services.choose_columns(actor=cast.organiser, batch=batch, mapping={0: "name"}),
        "forgotten": lambda: erase_person(Person(participant=person)),
    }[by]
    monkeypatch.setattr(checking, "CHUNK", 1)
    monkeypatch.setattr(checking, "advance", lambda *told: meanwhile() if told[1] == 1 else None)
    run(batch.check_job.key)
    assert not batch.rows.exists()
    batch.refresh_from_db()
    assert batch.state == ("checking" if by == "chosen anew" else "cancelled")


def test_the_choice_of_columns_is_remembered_for_the_programme(bring, programme):
    head = ["Who", "Where from"]
    bring([["Amina Diallo", "Kenya"]], head=head, mapping={0: "name", 1: "country"})
    assert services.remembered(programme) == {"who": "name", "where from": "country"}
    assert ColumnChoice.objects.count() == 2
    batch = bring([["Amina Diallo", "Uganda"]], head=head)
    assert batch.mapping == {"0": "name", "1": "country"}


@pytest.mark.parametrize("mapping", [{}, {1: "email"}, {0: "given"}, {0: "name", 1: "name"}])
def test_columns_that_do_not_say_who_somebody_is_are_refused(cast, programme, mapping):
    batch = services.bring_list(actor=cast.organiser, programme=programme, file=csv_file([HEAD, *GOOD]))
    with pytest.raises(services.WrongColumns):
        services.choose_columns(actor=cast.organiser, batch=batch, mapping=mapping)


def test_a_list_read_in_the_wrong_letters_can_be_read_again(cast, programme):
    file = csv_file([["ФИО"], ["Ян Ян"]], encoding="cp1251")
    batch = services.bring_list(actor=cast.organiser, programme=programme, file=file)
    services.read_as(actor=cast.organiser, batch=batch, encoding="cp1252")
    batch.refresh_from_db()
    assert batch.headings != ["ФИО"]
    services.read_as(actor=cast.organiser, batch=batch, encoding="cp1251")
    batch.refresh_from_db()
    assert (batch.headings, batch.mapping) == (["ФИО"], {"0": "name"})


def test_old_lists_are_forgotten_and_their_people_stay(bring, finish):
    finish(bring(GOOD))
    people = Participant.objects.count()
    assert services.forget_old(timezone.now() - timedelta(days=1)) == 0
    assert services.forget_old(timezone.now() + timedelta(seconds=1)) == 1
    assert (PeopleImport.objects.count(), ImportRow.objects.count()) == (0, 0)
    assert Participant.objects.count() == people


def test_the_later_row_of_one_person_names_the_first_also_across_portions(bring, monkeypatch):
    from courses.participants.imports import checking

    monkeypatch.setattr(checking, "CHUNK", 2)
    batch = bring(
        [
            ["Amina Diallo", "Office@lists.example", "Kenya", "", ""],
            ["Wanjiru Kamau", "office@lists.example", "Kenya", "", ""],  # an office's address
            ["DIALLO Amina F.", "office@lists.example", "", "", ""],
            ["Wanjiru Kamau", "", "Kenya", "Port", ""],
            ["Wanjiru Kamau", "", "Uganda", "", ""],  # somebody else
        ]
    )
    found = {row.number: [(one["code"], one["value"]) for one in row.problems] for row in batch.rows.all()}
    assert found == {2: [], 3: [], 4: [("duplicate", "2")], 5: [("duplicate", "3")], 6: []}


def test_two_equal_headings_teach_nothing_about_the_next_list(bring, programme):
    ColumnChoice.objects.create(programme=programme, heading="contact", column="email")
    bring([["Amina", "Diallo", "x"]], head=["Name", "Name", "Contact"], mapping={0: "given", 1: "family"})
    assert not ColumnChoice.objects.filter(programme=programme, heading="name").exists()
    assert ColumnChoice.objects.get(programme=programme, heading="contact").column == ""
    batch = bring([["Amina Diallo", "a@x.org"]], head=["Name", "E-mail"])
    assert batch.mapping == {"0": "name", "1": "email"}


class TestArchive:
    def test_nobody_is_brought_into_an_archived_cohort(self, cast, programme, cohort):
        cohort.archived_at = timezone.now()
        cohort.save()
        with pytest.raises(services.PlaceClosed):
            services.bring_list(
                actor=cast.organiser,
                programme=programme,
                file=csv_file([HEAD, *GOOD]),
                destination=f"cohort:{cohort.pk}",
            )

    def test_a_list_is_not_confirmed_once_its_cohort_is_archived(self, bring, cast, cohort):
        batch = bring(GOOD, cohort=cohort)
        cohort.course.archived_at = timezone.now()
        cohort.course.save()
        with pytest.raises(services.PlaceClosed):
            services.confirm(actor=cast.organiser, batch=batch)
        batch.refresh_from_db()
        assert batch.state == "checked"

    def test_a_cohort_archived_while_the_list_is_written_takes_nobody_and_each_row_says_so(self, bring, cast, cohort):
        batch = bring(GOOD, cohort=cohort)
        services.confirm(actor=cast.organiser, batch=batch)
        cohort.archived_at = timezone.now()
        cohort.save()
        work_off()
        assert not cohort.enrolments.exists()
        assert {row.problems[0]["code"] for row in batch.rows.all()} == {"refused"}
        assert Participant.objects.filter(email="amina@lists.example").exists()


class TestOrganisersOfOneCourse:
    @pytest.fixture
    def single(self, cast, cohort):
        grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER, activity=f"course:{cohort.course_id}")
        return cast.outsider

    def test_bring_people_into_its_cohorts(self, bring, single, cohort):
        batch = bring(GOOD, cohort=cohort, actor=single)
        services.confirm(actor=single, batch=batch)
        work_off()
        assert cohort.enrolments.active().count() == 3
        assert list(PeopleImport.objects.visible_to(single)) == [batch]

    def test_bring_nobody_to_the_programme_nor_to_another_course(self, single, programme):
        other = factories.CohortFactory(course=factories.CourseFactory(programme=programme))
        for destination in ("", f"cohort:{other.pk}"):
            with pytest.raises(services.NotYourImport):
                services.bring_list(
                    actor=single, programme=programme, file=csv_file([HEAD, *GOOD]), destination=destination
                )

    def test_see_only_lists_into_its_cohorts(self, bring, single, programme, cohort):
        bring(GOOD)
        bring(GOOD, cohort=factories.CohortFactory(course=factories.CourseFactory(programme=programme)))
        into = bring(GOOD, cohort=cohort)
        assert list(PeopleImport.objects.visible_to(single)) == [into]

    def test_see_their_own_list_no_more_when_the_role_ends(self, bring, single, cohort):
        batch = bring(GOOD, cohort=cohort, actor=single)
        revoke_role(actor=None, assignment=RoleAssignment.objects.get(user=single))
        again = type(single).objects.get(pk=single.pk)
        assert not PeopleImport.objects.visible_to(again).exists()
        with pytest.raises(services.NotYourImport):
            services.confirm(actor=again, batch=batch)


class TestMails:
    def test_each_person_gets_one_mail_however_often_it_is_asked_for(self, bring, finish, cast, cohort):
        account = factories.UserFactory(email="known@x.org", name="Known Person")
        factories.ParticipantFactory(user=account, name="Known Person", email="known@x.org")
        batch = finish(bring([*GOOD, ["Known Person", "known@x.org", "", "", ""]], cohort=cohort))
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        with pytest.raises(services.NotReady, match="left to write to"):
            services.send_activation_mails(actor=cast.organiser, batch=batch)
        to = sorted(OutboxMail.objects.values_list("to", flat=True))
        assert to == ["amina@lists.example", "known@x.org", "layla@lists.example"]  # one has no address
        assert "/begin/" in OutboxMail.objects.get(to="amina@lists.example").text
        assert "/begin/" not in OutboxMail.objects.get(to="known@x.org").text

    def test_who_was_in_long_ago_is_not_told_again_though_the_outbox_has_forgotten(self, bring, finish, cast, cohort):
        people = {}
        for name in ("Inside Before", "Known Person", "Done Before"):
            email = f"{name.split()[0].lower()}@x.org"
            account = factories.UserFactory(email=email, name=name)
            people[name] = factories.ParticipantFactory(user=account, name=name, email=email)
        long_ago = timezone.now() - timedelta(days=200)
        factories.EnrolmentFactory(
            participant=people["Inside Before"], cohort=cohort, source="import", enrolled_at=long_ago
        )
        batch = finish(bring([[name, one.email, "", "", ""] for name, one in people.items()], cohort=cohort))
        Enrolment.objects.filter(participant=people["Done Before"]).update(completed_at=timezone.now())
        assert services.summary(batch)["brought"] == 3
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        assert list(OutboxMail.objects.values_list("to", flat=True)) == ["known@x.org"]

    def test_who_followed_the_link_of_the_list_is_not_told_once_more(self, bring, finish, cast, cohort):
        batch = finish(bring(GOOD[:1], cohort=cohort))
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        activate(participant=Participant.objects.get(email="amina@lists.example"), password="a long enough one 7")
        with pytest.raises(services.NotReady):
            services.send_activation_mails(actor=cast.organiser, batch=PeopleImport.objects.get())
        assert not OutboxMail.objects.filter(key__startswith="enrolled:").exists()

    def test_nobody_is_told_once_more_when_the_outbox_has_forgotten(self, bring, finish, cast, cohort, settings):
        settings.CAMPUS_RETENTION = {"mail": 1, "jobs": 1}
        batch = finish(bring(GOOD, cohort=cohort))
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        OutboxMail.objects.update(state="sent")
        with time_machine.travel(timezone.now() + timedelta(days=9), tick=True):
            call_command("retention", "--apply")
            assert not OutboxMail.objects.exists()
            with pytest.raises(services.NotReady):
                services.send_activation_mails(actor=cast.organiser, batch=PeopleImport.objects.get())
            late = Participant.objects.get(name="欧阳雪梅")  # whose address comes to be known has not been told yet
            late.email = "late@lists.example"
            late.save()
            services.send_activation_mails(actor=cast.organiser, batch=PeopleImport.objects.get())
            work_off()
        assert [mail.to for mail in OutboxMail.objects.all()] == ["late@lists.example"]

    def test_each_mail_comes_in_the_persons_language(self, bring, finish, cast):
        batch = finish(bring(GOOD))
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        mail = OutboxMail.objects.get(to="layla@lists.example")
        assert mail.language == "ar"
        assert "/ar/begin/" in mail.text

    def test_who_found_no_place_reads_of_none_and_only_those_who_get_a_mail_are_counted(
        self, client, bring, finish, cast, cohort
    ):
        for name in ("Known Inside", "Known Outside"):
            account = factories.UserFactory(email=f"{name.split()[1].lower()}@x.org", name=name)
            factories.ParticipantFactory(user=account, name=name, email=account.email)
        cohort.capacity = 2
        cohort.save()
        people = [
            ["Known Inside", "inside@x.org", "", "", ""],
            *GOOD[:2],
            ["Known Outside", "outside@x.org", "", "", ""],
        ]
        batch = finish(bring(people, cohort=cohort))
        client.force_login(cast.organiser)
        assert "Send 3 mails" in client.get(reverse("people_import", args=[batch.key])).content.decode()
        services.send_activation_mails(actor=cast.organiser, batch=batch)
        work_off()
        texts = {mail.to: mail.text for mail in OutboxMail.objects.all()}
        assert sorted(texts) == ["amina@lists.example", "inside@x.org", "layla@lists.example"]
        assert str(cohort.course) in texts["amina@lists.example"]
        assert "/begin/" in texts["layla@lists.example"]
        assert str(cohort.course) not in texts["layla@lists.example"]
        with pytest.raises(services.NotReady, match="left to write to"):
            services.send_activation_mails(actor=cast.organiser, batch=PeopleImport.objects.get())

    def test_a_list_without_addresses_has_nobody_to_write_to(self, bring, finish, cast):
        batch = finish(bring(GOOD[2:]))
        with pytest.raises(services.NotReady):
            services.send_activation_mails(actor=cast.organiser, batch=batch)


class TestAttacks:
    @pytest.mark.parametrize("who", ["learner", "trainer", "other_organiser", "focal_point", "outsider"])
    def test_only_organisers_of_the_programme_bring_lists(self, cast, programme, who):
        with pytest.raises(services.NotYourImport):
            services.bring_list(actor=getattr(cast, who), programme=programme, file=csv_file([HEAD, *GOOD]))

    def test_nobody_brings_people_into_a_cohort_of_others(self, cast, programme):
        other = factories.CohortFactory()
        with pytest.raises(services.NotYourImport):
            services.bring_list(
                actor=cast.organiser,
                programme=programme,
                file=csv_file([HEAD, *GOOD]),
                destination=f"cohort:{other.pk}",
            )

    def test_others_neither_decide_nor_confirm_nor_give_up(self, bring, cast):
        batch = bring(GOOD)
        for act, answers in (
            (services.confirm, {}),
            (services.give_up, {}),
            (services.decide, {"decisions": {}}),
            (services.choose_columns, {"mapping": {0: "name"}}),
            (services.read_as, {"encoding": "utf-8"}),
        ):
            with pytest.raises(services.NotYourImport):
                act(actor=cast.other_organiser, batch=batch, **answers)


def test_the_dry_run_asks_a_constant_number_of_queries(bring, cast, programme, django_assert_max_num_queries):
    """500 rows cost as many queries as one."""
    from courses.participants.imports import checking

    factories.ParticipantFactory(name="Amina Diallo", email="amina@lists.example")
    batch = bring(GOOD)
    PeopleImport.objects.update(state="checking")
    words = checking.vocabulary((("KE", "KEN", "Kenya"),))
    chunk = [(number + 100, [f"Person Nr{number}", f"p{number}@x.org", "KE", "", ""]) for number in range(400)]
    with django_assert_max_num_queries(18):
        checking._look(batch, batch.check_job, chunk, words)


def test_each_portion_that_is_written_asks_few_queries(bring, cast, cohort, monkeypatch):
    """What two portions ask more than one, whatever the number of people in them."""
    monkeypatch.setattr(writing, "CHUNK", 20)

    def asked(people, mark):
        rows = [[f"{mark}{n} Person", f"{mark}{n}@x.org", "", "", ""] for n in range(people)]
        batch = bring(rows, cohort=cohort)
        job = services.confirm(actor=cast.organiser, batch=batch).write_job
        with CaptureQueriesContext(connection) as found, TestCase.captureOnCommitCallbacks(execute=True):
            run(job.key)
        assert services.summary(batch)["brought"] == people
        return len([one for one in found.captured_queries if "SAVEPOINT" not in one["sql"]])

    one, two = asked(20, "a"), asked(40, "b")
    assert two - one <= 21
