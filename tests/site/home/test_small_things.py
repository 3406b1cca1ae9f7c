"""Small things that a newcomer meets."""

from __future__ import annotations

import pytest

from courses.participants.forms import PersonForm

pytestmark = pytest.mark.django_db


def test_the_icon_is_found_at_its_old_address(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")


def test_a_choice_left_open_is_no_row_of_dashes():
    html = PersonForm().as_p()
    assert "---------" not in html
    assert ">—</option>" in html
