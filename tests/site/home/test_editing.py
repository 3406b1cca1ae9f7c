"""Wagtail's own tools work on our pages: preview, revisions, scheduled publishing, review, who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Workflow

from accounts.models import User
from institutions.models import Role
from institutions.services import grant_role
from modules.lessons.models import LessonPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]


@pytest.fixture
def lesson():
    return LessonPage.objects.filter(locale__language_code="en").first()


@pytest.fixture
def editor():
    user = User.objects.create_user("editor@example.org", name="An editor")
    grant_role(actor=None, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def organiser():
    return User.objects.get(email="organiser@example.org")


def form_data(page, **changes):
    """The edit form's data as a browser would send it."""
    from wagtail.test.utils.form_data import nested_form_data, streamfield

    blocks = changes.pop("blocks", [("heading", "A heading")])
    data = {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "minutes": page.minutes,
        "change": "minor",
        "change_note": "",
        "body": streamfield(blocks),
        "sources": '{"blocks": [], "entityMap": {}}',
        "seo_title": "",
        "search_description": "",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
        **changes,
    }
    return nested_form_data(data)


def test_a_lesson_can_be_previewed_before_it_is_saved(client, editor, lesson):
    client.force_login(editor)
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk])
    response = client.post(url, form_data(lesson, title="Only previewed"))
    assert response.json()["is_valid"], response.content
    assert "Only previewed" in client.get(url).content.decode()
    lesson.refresh_from_db()
    assert lesson.title != "Only previewed"


def test_an_editors_change_waits_for_review_and_an_organiser_publishes_it(client, editor, organiser, lesson):
    assert Workflow.objects.filter(active=True).exists()
    client.force_login(editor)
    url = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    client.post(url, form_data(lesson, title="For review", **{"action-submit": "1"}))
    lesson.refresh_from_db()
    assert lesson.title != "For review"
    state = lesson.current_workflow_state
    assert state is not None and state.status == "in_progress"
    client.force_login(organiser)
    client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.current_task_state.pk]),
        {"comment": ""},
    )
    lesson.refresh_from_db()
    assert lesson.title == "For review"


def test_an_editor_does_not_publish_alone(client, editor, lesson):
    client.force_login(editor)
    before = lesson.title
    url = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    client.post(url, form_data(lesson, title="Not reviewed", **{"action-publish": "1"}))
    lesson.refresh_from_db()
    assert lesson.title == before


def test_a_scheduled_change_goes_live_when_its_time_has_come(lesson):
    lesson.title = "In due time"
    lesson.go_live_at = timezone.now() - timedelta(minutes=1)
    revision = lesson.save_revision(approved_go_live_at=lesson.go_live_at)
    call_command("publish_scheduled")
    lesson.refresh_from_db()
    assert lesson.title == "In due time"
    assert revision.pk == lesson.live_revision_id


def test_an_earlier_revision_can_be_brought_back(client, organiser, lesson):
    first = lesson.latest_revision
    lesson.title = "A mistake"
    lesson.save_revision().publish()
    client.force_login(organiser)
    response = client.get(reverse("wagtailadmin_pages:revisions_revert", args=[lesson.pk, first.pk]))
    assert response.status_code == 200
    assert first.as_object().title in response.content.decode()


def test_a_picture_needs_its_text_alternative(lesson):
    from django.core.exceptions import ValidationError

    from media.models import CampusImage

    block = lesson.body.stream_block.child_blocks["picture"]
    value = block.to_python({"image": CampusImage.objects.first().pk, "alt": "", "caption": "", "credit": "Us"})
    with pytest.raises(ValidationError):
        block.clean(value)


@pytest.mark.parametrize("who", ["learner", "focalpoint"])
def test_the_admin_is_closed_to_those_who_write_nothing(client, who):
    client.force_login(User.objects.get(email=f"{who}@example.org"))
    response = client.get("/admin/pages/", follow=True)
    assert (
        "/admin/pages" not in response.redirect_chain[-1][0]
        if response.redirect_chain
        else response.status_code in (403, 404)
    )


def test_a_reviewer_comments_the_editor_mends_and_the_change_is_published(client, editor, organiser, lesson):
    """The review with comments, from the submission to the publication."""
    edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    client.force_login(editor)
    client.post(edit, form_data(lesson, title="First try", **{"action-submit": "1"}))
    task = LessonPage.objects.get(pk=lesson.pk).current_workflow_state.current_task_state
    client.force_login(organiser)
    comment = {
        "TOTAL_FORMS": 1,
        "INITIAL_FORMS": 0,
        "MIN_NUM_FORMS": 0,
        "MAX_NUM_FORMS": 1000,
        "0": {
            "contentpath": "title",
            "text": "Say what the lesson is about.",
            "position": "",
            "id": "",
            "replies": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
        },
    }
    answer = client.post(edit, form_data(lesson, title="First try", comments=comment))
    assert answer.status_code == 302, answer.context["form"].errors
    reject = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "reject", task.pk])
    client.post(reject, {"comment": "See my comment at the title."})
    lesson.refresh_from_db()
    assert lesson.current_workflow_state.status == "needs_changes"
    client.force_login(editor)
    assert "Say what the lesson is about." in client.get(edit).content.decode()
    client.post(edit, form_data(lesson, title="About consent", **{"action-restart-workflow": "1"}))
    state = LessonPage.objects.get(pk=lesson.pk).current_workflow_state
    assert state.status == "in_progress"
    client.force_login(organiser)
    approve = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.current_task_state.pk])
    client.post(approve, {"comment": ""})
    lesson.refresh_from_db()
    assert lesson.title == "About consent" and lesson.live
