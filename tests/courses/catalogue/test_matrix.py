"""People × requirements: filtered, ordered, exported, constant in queries, and only for those who teach them."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from core.models import AuditEntry
from courses.catalogue import services
from courses.catalogue.models import Enrolment
from courses.catalogue.services import grant_waiver, put_rule, snapshots
from courses.participants.models import Participant
from jobs.models import Job
from jobs.running import run
from tests import factories

from .test_rules import leaf

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(cast, school):
    """Four people of different progress; the learner has done nothing."""
    put_rule(
        actor=None,
        course=school.course,
        spec={"all": [leaf(school.first), leaf(school.second), leaf(school.quiz, 80), leaf(school.skill)]},
    )
    people = {name: school.enrol(name=name) for name in ("Amina", "Bruno", "Chen")}
    school.read(people["Amina"].participant.user, 0, 1)
    school.read(people["Bruno"].participant.user, 0)
    school.read(people["Chen"].participant.user, 0, 1, 2, 3)
    school.grade(people["Chen"].participant.user, 90)
    grant_waiver(
        actor=cast.organiser,
        enrolment=people["Chen"],
        kind="skill",
        ref=school.skill.split(":")[1],
        reason="Teaches it.",
    )
    people["Amina"].country_id = "KE"
    people["Amina"].organisation = '=HYPERLINK("http://example.org")'
    people["Amina"].save()
    return people


def url(school, action=""):
    return f"/en/cohorts/{school.cohort.pk}/{action}"


def names(response):
    return [row.enrolment.participant.name for row in response.context["rows"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Amina", "Bruno", "Chen", "Learner"]),
        ("q=ami", ["Amina"]),
        ("q=hyperlink", ["Amina"]),
        ("country=KE", ["Amina"]),
        ("country=XX", ["Amina", "Bruno", "Chen", "Learner"]),
        ("state=complete", ["Chen"]),
        ("state=open", ["Amina", "Bruno", "Learner"]),
        ("state=none", ["Bruno", "Learner"]),
        ("requirement={first}&held=met", ["Amina", "Chen"]),
        ("requirement={first}&held=open", ["Bruno", "Learner"]),
        ("requirement={first}", ["Bruno", "Learner"]),
        ("requirement={skill}&held=met", ["Chen"]),
        ("requirement=nonsense", ["Amina", "Bruno", "Chen", "Learner"]),
        ("sort=-progress", ["Chen", "Amina", "Bruno", "Learner"]),
        ("sort=progress", ["Learner", "Bruno", "Amina", "Chen"]),
        ("sort=-enrolled", ["Chen", "Bruno", "Amina", "Learner"]),
        ("state=open&sort=-progress&q=e", ["Amina", "Learner"]),
    ],
)
def test_people_are_found_by_what_they_have_met(client, cast, school, crowd, query, found):
    client.force_login(cast.trainer)
    query = query.format(first=school.first, skill=school.skill)
    assert names(client.get(f"{url(school)}?{query}")) == found


def test_a_filter_that_nobody_fits_says_so(client, cast, school, crowd):
    client.force_login(cast.trainer)
    assert "Nobody fits the filter" in client.get(url(school) + "?q=nobody").content.decode()


def test_a_cell_says_met_open_or_waived_with_numbers(client, cast, school, crowd):
    client.force_login(cast.trainer)
    page = client.get(url(school))
    cells = {row.enrolment.participant.name: row.cells for row in page.context["rows"]}
    assert [cell[:3] for cell in cells["Chen"]] == [
        ("is-met", "Met", "2/2"),
        ("is-met", "Met", "2/2"),
        ("is-met", "Met", "90 %"),
        ("is-met", "Waived", ""),
    ]
    assert cells["Bruno"][0][:3] == ("is-open", "Open", "1/2")
    assert 'data-label="Papers"' in page.content.decode()


def sheet(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_export_holds_what_the_filter_shows_and_no_formula(client, cast, school, crowd):
    client.force_login(cast.trainer)
    rows = sheet(client.post(url(school, "export/"), {"state": "open", "sort": "-progress", "format": "csv"}))
    assert rows[0][:2] == ["Participant", "Country"]
    assert rows[0][-4:] == ["Papers", "Samples", "Quiz: Papers", "Strip test"]
    assert [row[0] for row in rows[1:]] == ["Amina", "Bruno", "Learner"]
    assert rows[1][2].startswith("'=HYPERLINK")
    assert rows[1][5] == "25"
    assert rows[2][8:] == ["Open, 1/2", "Open, 0/2", "Open", "Open"]
    entry = AuditEntry.objects.get(action="catalogue.export_progress")
    assert entry.actor == cast.trainer
    assert entry.data == {"format": "csv", "filter": {"state": "open", "sort": "-progress"}}


def test_the_spreadsheet_is_text_only(client, cast, school, crowd):
    client.force_login(cast.organiser)
    response = client.post(url(school, "export/"), {"format": "xlsx"})
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Participant", "Amina", "Bruno", "Chen", "Learner"]
    assert rows[1][2].startswith("'=HYPERLINK")
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value} == {"s"}
    assert rows[3][4:6] == ("Complete", "100")


@pytest.mark.parametrize("who", ["learner", "other_trainer", "other_organiser", "focal_point", "outsider", "anonymous"])
def test_nobody_else_sees_or_exports_a_cohort(client, cast, school, who):
    if who != "anonymous":
        client.force_login(getattr(cast, who))
    expected = 302 if who == "anonymous" else 404
    assert client.get(url(school)).status_code == expected
    assert client.post(url(school, "export/"), {"format": "csv"}).status_code == expected
    assert client.get(f"{url(school)}tasks/{school.task.pk}/").status_code == expected
    assert not AuditEntry.objects.filter(action="catalogue.export_progress").exists()


@pytest.mark.parametrize("query", ["", "?state=open&sort=-progress", "?country=KE"])
def test_the_page_asks_the_same_number_of_queries_for_10_and_for_200(client, cast, school, crowd, query):
    client.force_login(cast.trainer)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(school) + query).status_code == 200
        return len(asked)

    for _ in range(6):
        school.enrol(country_id="KE")
    queries()  # the first time also writes down who was seen
    few = queries()
    users = User.objects.bulk_create([User(email=f"many{n}@example.org") for n in range(190)])
    people = Participant.objects.bulk_create([Participant(name=f"Many {u.pk}", user=u) for u in users])
    Enrolment.objects.bulk_create([Enrolment(participant=p, cohort=school.cohort, country_id="KE") for p in people])
    queries()
    assert queries() <= few
    assert few <= 40


def test_the_export_asks_the_same_number_of_queries_for_10_and_for_200(client, cast, school, crowd):
    client.force_login(cast.trainer)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            rows = sheet(client.post(url(school, "export/"), {"format": "csv"}))
        return len(asked), len(rows)

    few, _rows = queries()
    for _ in range(40):
        school.enrol()
    many, rows = queries()
    assert (many, rows) == (few, 45)


# --- Judging a task -------------------------------------------------------------------------------


def sent(person, verdict="", note="", was=("", "")):
    """What a browser sends of one person: what is chosen and typed, and what was on the screen before."""
    now = {f"p{person}-verdict": verdict, f"p{person}-note": note}
    return now | {f"initial-p{person}-verdict": was[0], f"initial-p{person}-note": was[1]}


def test_a_trainer_judges_a_skill_and_only_changes_are_written(client, cast, school):
    other = school.enrol(name="Other Person")
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/"
    assert "Other Person" in client.get(page).content.decode()
    person = cast.learner.participant.pk
    response = client.post(page, sent(person, "met", "Very neat") | sent(other.participant_id), follow=True)
    assert "1 change saved." in response.content.decode()
    result = school.task.results.get()
    assert (result.met, result.note, result.judged_by) == (True, "Very neat", cast.trainer)
    response = client.post(page, sent(person, "met", "", was=("met", "")), follow=True)
    assert "Nothing has changed." in response.content.decode()
    result.refresh_from_db()
    assert result.note == "Very neat"  # the screen was older, and nothing on it was changed
    client.post(page, sent(person, "", "Very neat", was=("met", "Very neat")))
    assert not school.task.results.exists()


def test_a_note_without_a_verdict_is_an_error_beside_it_and_nothing_typed_is_lost(client, cast, school):
    other = school.enrol(name="Other Person").participant_id
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/"
    person = cast.learner.participant.pk
    response = client.post(page, sent(person, "", "Come on Friday") | sent(other, "not", "Again"), follow=True)
    html = response.content.decode()
    assert "saved." not in html
    assert "A note needs a verdict beside it." in html
    assert 'value="Come on Friday"' in html
    assert '<option value="not" selected>' in html
    assert f'<input type="hidden" name="initial-p{other}-verdict"' in html  # still what was there before
    assert f'name="initial-p{other}-verdict" value="not"' not in html
    assert not school.task.results.exists()


def test_somebody_who_comes_in_meanwhile_pushes_nobody_off_the_page_that_is_saved(client, cast, school, monkeypatch):
    monkeypatch.setattr("courses.catalogue.views.tasks.PEOPLE_PER_PAGE", 2)
    people = [school.enrol(name=name).participant_id for name in ("Bruno", "Chen")]
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/?page=1"
    assert "Chen" in client.get(page).content.decode()
    school.enrol(name="Amina")
    client.post(page, sent(people[0], "met") | sent(people[1], "not", "Not dry"))
    held = {row.participant_id: (row.met, row.note) for row in school.task.results.all()}
    assert held == {people[0]: (True, ""), people[1]: (False, "Not dry")}


def test_who_has_left_meanwhile_is_not_judged_and_the_page_says_so(client, cast, school):
    gone, stays = school.enrol(name="Gone"), school.enrol(name="Stays")
    gone.state = "withdrawn"
    gone.save()
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/"
    response = client.post(page, sent(gone.participant_id, "met") | sent(stays.participant_id, "met"), follow=True)
    html = response.content.decode()
    assert "1 change saved." in html
    assert "Somebody has left the cohort meanwhile. Nothing is written down about them." in html
    assert school.task.results.get().participant_id == stays.participant_id


def test_what_cannot_be_saved_is_shown_again_as_it_was_typed(client, cast, school, monkeypatch):
    def refused(**_given):
        raise services.MayNotJudge("Not any more.")

    monkeypatch.setattr(services, "record_results", refused)
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/"
    html = client.post(page, sent(cast.learner.participant.pk, "met", "Very neat")).content.decode()
    assert "Not any more." in html
    assert 'value="Very neat"' in html
    assert '<option value="met" selected>' in html


@pytest.mark.parametrize("key", ["p-verdict", "px-verdict", "p99999999999999999999-verdict", "p\u0663-verdict"])
def test_a_damaged_form_judges_nobody(client, cast, school, key):
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/"
    assert client.post(page, {key: "met"}, follow=True).status_code == 200
    person = cast.learner.participant.pk
    assert "Select a valid choice" in client.post(page, sent(person, "splendid")).content.decode()
    assert not school.task.results.exists()


def test_a_trainer_in_the_cohort_sees_no_controls_for_oneself(client, cast, school):
    own = factories.EnrolmentFactory(participant=cast.trainer.participant, cohort=school.cohort).participant_id
    client.force_login(cast.trainer)
    page = f"{url(school)}tasks/{school.task.pk}/"
    html = client.get(page).content.decode()
    assert f'name="p{own}-verdict"' not in html
    assert "Nobody judges their own work" in html
    client.post(page, sent(own, "met"))
    assert not school.task.results.exists()


def test_an_organiser_sets_a_skill_and_takes_it_out_of_use(client, cast, school):
    client.force_login(cast.organiser)
    tasks = "/en/courses/port-course/tasks/"
    assert "Strip test" in client.get(tasks).content.decode()
    response = client.post(tasks + "new/", {"kind": "assignment", "title_en": ""})
    assert "This field is required" in response.content.decode()
    client.post(
        tasks + "new/", {"kind": "assignment", "title_en": "A plan", "title_fr": "Un plan", "criteria_en": "Clear"}
    )
    task = school.course.tasks.get(kind="assignment")
    assert (task.titles, task.criteria) == ({"en": "A plan", "fr": "Un plan"}, {"en": "Clear"})
    client.post(f"{tasks}{task.pk}/", {"kind": "skill", "title_en": "A better plan"})
    task.refresh_from_db()
    assert (task.kind, task.titles) == ("assignment", {"en": "A better plan"})
    client.post(f"{tasks}{task.pk}/archive/")
    task.refresh_from_db()
    assert task.archived_at is not None
    client.post(f"{tasks}{task.pk}/archive/")
    task.refresh_from_db()
    assert task.archived_at is None


@pytest.mark.parametrize("who", ["learner", "trainer", "other_trainer", "other_organiser", "outsider"])
def test_only_organisers_of_the_programme_set_tasks(client, cast, school, who):
    client.force_login(getattr(cast, who))
    tasks = "/en/courses/port-course/tasks/"
    assert client.get(tasks).status_code == (200 if who == "trainer" else 404)
    for method, address in (
        (client.get, "new/"),
        (client.post, "new/"),
        (client.post, f"{school.task.pk}/"),
        (client.post, f"{school.task.pk}/archive/"),
    ):
        assert method(tasks + address, {"kind": "skill", "title_en": "Mine"}).status_code == 404
    assert school.course.tasks.count() == 1


def test_a_large_cohort_is_filtered_by_what_was_worked_out_lately_and_anew_when_asked(
    client, cast, school, crowd, monkeypatch
):
    monkeypatch.setattr("courses.catalogue.services.snapshots.AT_ONCE", 2)
    client.force_login(cast.trainer)
    page = url(school) + "?state=complete"
    assert names(client.get(page)) == ["Chen"]
    school.read(crowd["Amina"].participant.user, 2, 3)
    school.grade(crowd["Amina"].participant.user, 80)
    school.task.results.create(participant=crowd["Amina"].participant, met=True)
    again = client.get(page)
    assert names(again) == ["Chen"]
    assert "Work it out again" in again.content.decode()
    assert names(client.get(page + "&now=1", follow=True)) == ["Amina", "Chen"]
    assert names(client.get(url(school) + "?state=open&sort=progress")) == ["Learner", "Bruno"]
    assert [row[0] for row in sheet(client.post(url(school, "export/"), {"state": "complete"}))[1:]] == [
        "Amina",
        "Chen",
    ]


def test_a_new_rule_counts_at_once_in_a_large_cohort(client, cast, school, crowd, monkeypatch):
    monkeypatch.setattr("courses.catalogue.services.snapshots.AT_ONCE", 2)
    client.force_login(cast.trainer)
    page = url(school) + "?state=complete"
    assert names(client.get(page)) == ["Chen"]
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    assert names(client.get(page)) == ["Amina", "Chen"]


@pytest.fixture
def very_large(monkeypatch):
    monkeypatch.setattr("courses.catalogue.services.snapshots.AT_ONCE", 2)
    monkeypatch.setattr("courses.catalogue.services.snapshots.WHILE_ONE_WAITS", 3)


@pytest.mark.usefixtures("very_large")
def test_nobody_waits_for_a_request_while_a_very_large_cohort_is_judged(client, cast, school, crowd):
    client.force_login(cast.trainer)
    page = url(school) + "?state=complete&sort=name"
    for _time in range(2):
        waiting = client.get(page).content.decode()
        job = Job.objects.get(kind=snapshots.KIND)  # one, however often the page is loaded
        assert f"/jobs/{job.key}/" in waiting
        assert "Chen" not in waiting and "appears by itself" in waiting
    assert len(names(client.get(url(school)))) == 4  # without a filter nobody waits
    run(job.key)
    assert names(client.get(page)) == ["Chen"]
    assert Job.objects.filter(kind=snapshots.KIND).count() == 1


@pytest.mark.usefixtures("very_large")
def test_work_that_failed_is_told_and_begun_again_only_when_asked(client, cast, school, crowd):
    client.force_login(cast.trainer)
    page = url(school) + "?state=complete"
    client.get(page)
    Job.objects.filter(kind=snapshots.KIND).update(state=Job.State.FAILED)
    told = client.get(page).content.decode()
    assert "data-final" in told and "now=1" in told
    assert "appears by itself" not in told  # it does not, any more
    assert Job.objects.filter(kind=snapshots.KIND).count() == 1
    assert "data-final" not in client.get(page + "&now=1", follow=True).content.decode()
    states = Job.objects.filter(kind=snapshots.KIND).order_by("created_at").values_list("state", flat=True)
    assert list(states) == [Job.State.CANCELLED, Job.State.QUEUED]


@pytest.mark.usefixtures("very_large")
def test_whoever_may_not_see_a_cohort_starts_no_work_on_it(client, cast, school, crowd):
    client.force_login(cast.outsider)
    assert client.get(url(school) + "?state=complete").status_code == 404
    assert not Job.objects.filter(kind=snapshots.KIND).exists()
