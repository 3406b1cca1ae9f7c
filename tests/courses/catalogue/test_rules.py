"""The rule of a course is written without code, previewed on real people, and takes back nothing that was earned."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from core.models import AuditEntry
from courses.catalogue.completion import read_rule
from courses.catalogue.editor import Editor
from courses.catalogue.models import Cohort, CompletionRule, RuleDraft
from courses.catalogue.services import put_rule, refresh_completion, rules
from courses.catalogue.services.standing import rule_of
from jobs.models import Job
from jobs.running import work_off

pytestmark = pytest.mark.django_db

EDIT = "/en/courses/port-course/rule/edit/"
PREVIEW = "/en/courses/port-course/rule/preview/"
SAVE = "/en/courses/port-course/rule/save/"
RULE = "/en/courses/port-course/rule/"


def leaf(ref, at_least=100, **more):
    kind, _colon, number = ref.partition(":")
    return {"kind": kind, "ref": number, "at_least": at_least, **more}


def form_of(spec, school, **more):
    """What a browser would send for a rule."""
    editor = Editor.of_spec(spec, rules.asked_of(school.course))
    data = {"hours": editor.hours}
    for node in editor.root.every():
        for name in ("mode", "pick", "at_least", "measure", "weight", "needed"):
            data[f"{node.name}.{name}"] = getattr(node, name)
    return {**data, **more}


def organise(client, cast):
    client.force_login(cast.organiser)
    return client


def test_a_rule_goes_through_the_form_unchanged(school):
    spec = {
        "hours": "attended",
        "all": [
            leaf(school.first, 100, weight=3),
            {"any": [leaf(school.quiz, 80), leaf(school.skill)], "weight": 2},
            {"n_of": 1, "of": [leaf(school.second, 50), {"points": 60, "of": [leaf(school.quiz, 90, weight=1.5)]}]},
        ],
    }
    titles = rules.asked_of(school.course)
    sent = form_of(spec, school)
    assert Editor.of_form(sent, titles).spec() == spec
    assert Editor.of_state(Editor.of_form(sent, titles).state(), titles).spec() == spec


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["add", "group", "remove", "up", "down", "nonsense"]),
            st.sampled_from(["r", "r-0", "r-1", "r-0-0", "r-0-0-0", "r-0-0-0-0", "r-1-1", "elsewhere"]),
        ),
        max_size=12,
    )
)
def test_whatever_is_pressed_the_form_stays_a_tree_of_bounded_depth(acts):
    editor = Editor.of_spec({"all": []}, {})
    for act, name in acts:
        editor.act(act, name)
    names = [node.name for node in editor.root.every()]
    assert len(names) == len(set(names))
    assert all(node.depth <= 3 for node in editor.root.every() if node.is_group)
    read_rule(editor.spec())


def test_a_group_in_a_group_is_made_with_buttons_alone(client, cast, school):
    organise(client, cast)
    sent = form_of({"all": [leaf(school.first)]}, school, act="group:r")
    response = client.post(EDIT, sent)
    assert response.status_code == 302
    assert response["Location"].endswith("#r-1")
    titles = rules.asked_of(school.course)
    editor = Editor.of_state(RuleDraft.objects.get().spec, titles)
    editor.act("group", "r-1")
    inner = editor.root.parts[1].parts[1]
    inner.mode, inner.parts[0].pick = "all", school.skill
    editor.root.parts[1].parts[0].pick = school.quiz
    sent = {
        f"{n.name}.{f}": getattr(n, f) for n in editor.root.every() for f in ("mode", "pick", "at_least", "measure")
    }
    assert client.post(EDIT, {**sent, "act": "preview"}).status_code == 302
    assert RuleDraft.objects.get().preview["rule"] == {
        "all": [leaf(school.first), {"any": [leaf(school.quiz), {"all": [leaf(school.skill)]}]}]
    }
    assert client.get(PREVIEW).status_code == 200


def test_what_is_wrong_is_said_and_everything_typed_is_kept(client, cast, school):
    organise(client, cast)
    sent = form_of({"all": [leaf(school.quiz, 80), leaf(school.first)]}, school, act="preview")
    sent |= {"r-0.at_least": "eighty", "r-0.weight": "-1", "r-1.pick": "quiz:999"}
    response = client.post(EDIT, sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="eighty"' in page
    assert "Write a number from 1 to 100." in page
    assert "This is no longer part of the course." in page
    assert rule_of(school.course)[1] == 0
    again = client.get(EDIT).content.decode()  # another day
    assert 'value="eighty"' in again
    assert "Write a number" not in again


@pytest.mark.parametrize(
    ("spec", "changes", "words"),
    [
        ({"all": []}, {}, "Add at least one requirement."),
        ("n_of", {"r.needed": "3"}, "Write a whole number from 1 to 1."),
        ("n_of", {"r.needed": ""}, "Write a whole number from 1 to 1."),
        ("points", {"r.needed": "101"}, "Write a number from 1 to 100."),
        ("all", {"r-0.pick": ""}, "Choose what is asked."),
        ("all", {"r-0.measure": "days"}, "This can be asked for in: per cent."),
        ("all", {"r-0.at_least": "nan"}, "Write a number from 1 to 100."),
        ("all", {"r-0.at_least": "101"}, "Write a number from 1 to 100."),
        ("all", {"r-0.weight": "0"}, "Write a number above 0"),
    ],
)
def test_every_mistake_has_its_sentence(client, cast, school, spec, changes, words):
    one = leaf(school.quiz, 80)
    specs = {"all": {"all": [one]}, "n_of": {"n_of": 1, "of": [one]}, "points": {"points": 50, "of": [one]}}
    spec = specs[spec] if isinstance(spec, str) else spec
    response = organise(client, cast).post(EDIT, form_of(spec, school, act="preview") | changes)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_the_rule_is_told_in_the_readers_words_as_one_types(client, cast, school):
    organise(client, cast)
    sent = form_of({"points": 60, "of": [leaf(school.first, weight=3), leaf(school.quiz, 80)]}, school, act="words")
    page = client.post(EDIT, sent, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "Papers: every lesson" in page
    assert "Quiz: Papers: at least 80 %" in page
    assert "at least 60 %" in page
    assert "counts 3 times" in page
    assert "<html" not in page
    assert not RuleDraft.objects.exists()
    page = client.post(EDIT.replace("/en/", "/fr/"), sent, headers={"X-Requested-With": "fetch"}).content.decode()
    assert "Papers FR" in page


def test_the_preview_names_everybody_whom_the_change_completes_in_the_archive_too(cast, school):
    school.read(cast.learner, 0)
    Cohort.objects.filter(pk=school.cohort.pk).update(archived_at=timezone.now())
    spec = {"all": [leaf(school.first, 50)]}
    preview = rules.preview_of(school.course, spec)
    put_rule(actor=None, course=school.course, spec=spec)
    done = rules.recompute(actor=None, course=school.course, earlier=[])
    assert [row[0] for row in preview["gain"]] == [school.enrolment.pk]
    assert done.completed == 1


def test_a_preview_says_who_gains_and_who_would_no_longer_meet_the_rule(client, cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)
    gains = school.enrol(name="Gaining Person")
    school.read(gains.participant.user, 2, 3)
    neither = school.enrol(name="Waiting Person")
    response = organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    assert response["Location"].endswith(PREVIEW)
    preview = RuleDraft.objects.get().preview
    assert preview["gain"] == [[gains.pk, 0, 100]]
    assert preview["lose"] == [[school.enrolment.pk, 100, 0]]
    assert (preview["people"], preview["before"], preview["after"]) == (3, 1, 2)
    page = client.get(PREVIEW).content.decode()
    assert "Gaining Person" in page
    assert "Nobody loses what they earned." in page
    assert neither.participant.name not in page
    assert cast.learner.name in client.get(PREVIEW + "?show=lose").content.decode()
    assert rule_of(school.course)[1] == 1  # nothing is saved yet


def test_nobody_loses_what_they_earned_by_a_change_of_the_rule(client, cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)  # has met the rule, and nobody has looked since
    gains = school.enrol()
    school.read(gains.participant.user, 2, 3)
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    assert client.post(SAVE).status_code == 302
    work_off()
    for enrolment in (school.enrolment, gains):
        enrolment.refresh_from_db()
        assert enrolment.completed_at is not None
    assert (school.enrolment.completed_rule, gains.completed_rule) == (1, 2)
    assert not RuleDraft.objects.exists()
    found = refresh_completion(school.course, [school.enrolment])[school.enrolment.pk]
    assert found.complete
    assert found.outgrown
    entry = AuditEntry.objects.get(action="catalogue.recompute")
    assert (entry.data["people"], entry.data["completed"], entry.data["version"]) == (2, 2, 2)
    assert AuditEntry.objects.get(action="catalogue.change_rule").data == {"previous": 1, "gain": 1, "lose": 1}
    assert Job.objects.get(kind="catalogue.recompute").state == "done"
    assert "Bringing everybody up to date" not in client.get(RULE).content.decode()


def test_a_large_course_is_previewed_by_a_job(client, cast, school, monkeypatch):
    monkeypatch.setattr(rules, "AT_A_GLANCE", 0)
    school.read(cast.learner, 2, 3)
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    page = client.get(PREVIEW).content.decode()
    assert "data-job=" in page
    assert client.post(SAVE).status_code == 302  # not before it is worked out
    assert rule_of(school.course)[1] == 0
    work_off()
    assert RuleDraft.objects.get().preview["gain"] == [[school.enrolment.pk, 33, 100]]
    assert cast.learner.name in client.get(PREVIEW).content.decode()


def test_typing_on_forgets_the_preview(client, cast, school):
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    client.post(EDIT, form_of({"all": [leaf(school.first)]}, school, act="words"))
    assert RuleDraft.objects.get().preview is None
    client.post(SAVE)
    assert rule_of(school.course)[1] == 0


def test_a_preview_from_another_window_is_not_put_in_force_unread(client, cast, school):
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    read = re.search(r'name="previewed" value="([^"]+)"', client.get(PREVIEW).content.decode())[1]
    client.post(EDIT, form_of({"all": [leaf(school.first)]}, school, act="preview"))
    assert (
        "Look first at what the change would do."
        in client.post(SAVE, {"previewed": read}, follow=True).content.decode()
    )
    assert rule_of(school.course)[1] == 0
    client.post(SAVE, {"previewed": RuleDraft.objects.get().preview["at"]})
    assert rule_of(school.course)[0] == {"all": [leaf(school.first)]}


def test_two_organisers_do_not_overwrite_each_other_unseen(client, cast, school):
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    page = client.post(SAVE, follow=True).content.decode()
    assert "Somebody else has changed the rule since." in page
    assert rule_of(school.course)[0] == {"all": [leaf(school.first)]}


def test_versions_before_stay_readable(client, cast, school):
    put_rule(actor=cast.organiser, course=school.course, spec={"all": [leaf(school.first)]})
    put_rule(actor=cast.organiser, course=school.course, spec={"any": [leaf(school.second)]})
    organise(client, cast)
    assert "Samples: every lesson" in client.get(RULE).content.decode()
    page = client.get(RULE + "?version=1").content.decode()
    assert "Papers: every lesson" in page
    assert "no longer in force" in page
    assert client.get(RULE + "?version=0").status_code == 200
    assert client.get(RULE + "?version=9").status_code == 404


def test_a_draft_can_be_thrown_away(client, cast, school):
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="words"))
    client.post(EDIT, {"act": "discard"})
    assert not RuleDraft.objects.exists()


def test_recomputing_by_hand_is_a_job_with_an_audit_entry(client, cast, school):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)
    response = organise(client, cast).post("/en/courses/port-course/rule/recompute/")
    job = Job.objects.get()
    assert str(job.key) in response["Location"]
    work_off()
    work_off()
    school.enrolment.refresh_from_db()
    assert school.enrolment.completed_at is not None
    assert AuditEntry.objects.filter(action="catalogue.recompute", actor=cast.organiser).count() == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 1, 1)


@pytest.mark.parametrize("who", ["learner", "trainer", "other_trainer", "other_organiser", "outsider", "anonymous"])
@pytest.mark.parametrize("url", [RULE, EDIT, PREVIEW, SAVE, "/en/courses/port-course/rule/recompute/"])
def test_a_rule_is_read_by_trainers_and_changed_by_organisers_only(client, cast, school, who, url):
    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    RuleDraft.objects.create(
        course=school.course, user=cast.organiser, based_on=1, preview={"rule": {"all": []}, "gain": [], "lose": []}
    )
    if who != "anonymous":
        client.force_login(getattr(cast, who))
    method = client.post if url.endswith(("save/", "recompute/")) else client.get
    expected = 302 if who == "anonymous" else 200 if (who, url) == ("trainer", RULE) else 404
    assert method(url).status_code == expected
    if url == EDIT:
        sent = form_of({"all": [leaf(school.first)]}, school, act="preview")
        assert client.post(url, sent).status_code == (403 if who == "anonymous" else 404)  # a visitor gets it back
    assert RuleDraft.objects.count() == 1
    assert rule_of(school.course)[1] == 1
    assert not Job.objects.exists()
    if url == RULE and who == "trainer":
        assert "rule/edit/" not in client.get(url).content.decode()


def test_nobody_saves_anothers_draft(client, cast, school):
    from institutions.services import grant_role
    from tests import factories

    second = factories.UserFactory()
    grant_role(actor=None, user=second, role="organiser", programme=school.course.programme)
    organise(client, cast).post(EDIT, form_of({"all": [leaf(school.second)]}, school, act="preview"))
    client.force_login(second)
    client.post(SAVE)
    assert rule_of(school.course)[1] == 0


def test_a_preview_asks_the_same_number_of_queries_for_few_and_for_many(cast, school, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    new = {"all": [leaf(school.second), leaf(school.quiz, 80)]}
    with CaptureQueriesContext(connection) as few:
        rules.preview_of(school.course, new)
    for _ in range(20):
        school.enrol()
    with django_assert_num_queries(len(few)):
        assert rules.preview_of(school.course, new)["people"] == 21


def test_the_repair_command_brings_a_course_up_to_date_and_names_what_it_does_not_know(cast, school, capsys):
    from django.core.management import CommandError, call_command

    put_rule(actor=None, course=school.course, spec={"all": [leaf(school.first)]})
    school.read(cast.learner, 0, 1)
    call_command("refresh_completion", "port-course")
    assert "port-course: 1 looked at, 1 newly complete" in capsys.readouterr().out
    call_command("refresh_completion")
    assert "port-course: 0 looked at" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no-such"):
        call_command("refresh_completion", "no-such")


def test_a_version_says_since_when_it_is_and_in_whose_time(client, cast, school):
    put_rule(actor=cast.organiser, course=school.course, spec={"all": [leaf(school.first)]})
    CompletionRule.objects.update(created_at=datetime(2026, 5, 12, 14, tzinfo=UTC))
    User.objects.filter(pk=cast.organiser.pk).update(time_zone="Africa/Nairobi")
    client.force_login(User.objects.get(pk=cast.organiser.pk))
    assert "12 May 2026, 17:00 (Nairobi, UTC+3)" in client.get(RULE).content.decode()
