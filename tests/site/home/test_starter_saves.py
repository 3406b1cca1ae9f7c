"""What a newcomer finds can be opened in the admin and saved unchanged."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.workshops.forms import WorkshopForm
from courses.workshops.models import Workshop
from modules.lessons.models import LessonPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]


def refusals(page):
    """What an editor would be told on saving the page as it is."""
    found = []
    try:
        page.full_clean()
    except ValidationError as refused:
        found.append(refused.message_dict)
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            try:
                field.stream_block.clean(field.value_from_object(page))
            except StreamBlockValidationError as refused:
                found.append({field.name: refused.as_json_data()})
    return found


def test_every_page_can_be_saved_as_it_is():
    pages = list(Page.objects.filter(depth__gt=1).specific())
    assert any(isinstance(page, LessonPage) for page in pages)
    refused = {f"{page} ({page.locale.language_code})": refusals(page) for page in pages}
    assert {page: what for page, what in refused.items() if what} == {}


def test_every_workshop_can_be_saved_as_it_is(admin_user):
    workshops = list(Workshop.objects.all())
    assert len(workshops) == 4
    for workshop in workshops:
        data = {name: value for name, value in WorkshopForm.initial_of(workshop).items() if value is not None}
        form = WorkshopForm(data, user=admin_user, workshop=workshop)
        assert form.errors == {}, workshop.key
