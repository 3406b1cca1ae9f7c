"""The page on which whoever runs the workshop selects."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEntry
from courses.participants.models import Participant
from courses.workshops.models import Nomination
from tests import factories

from .pages import address, main

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_selecting_needs(as_person, asking, nomination, cast):
    factories.NominationFactory(workshop=asking, country_id="MV", participant__name="Aishath")
    text = main(as_person("trainer").get(address("nominations", asking)))
    for words in ("Achieng Otieno", "Kenya", "Africa", "Woman", "SIDS", "3 of 3 places are free", "2 nominees per"):
        assert words in text, words
    assert AuditEntry.objects.of_seeing().about(nomination.participant).get().actor == cast.trainer


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("region=africa", {"Achieng"}),
        ("region=asia-pacific", {"Aishath"}),
        ("gender=woman", {"Achieng"}),
        ("state=reserve", {"Aishath"}),
        ("represents=iplc", {"Aishath"}),
        ("state=selected", set()),
        ("state=nonsense", {"Achieng", "Aishath"}),
    ],
)
def test_the_list_is_narrowed_down(as_person, asking, nomination, query, found):
    factories.NominationFactory(
        workshop=asking, country_id="MV", participant__name="Aishath", state="reserve", represents="iplc"
    )
    text = main(as_person("organiser").get(f"{address('nominations', asking)}?{query}"))
    text = "".join(re.findall("<table.*?</table>", text, re.S))  # the reserve list stands above, whatever the filter
    assert {name for name in ("Achieng", "Aishath") if name in text} == found


def test_what_people_say_of_their_own_gender_is_not_shown_nor_counted_nor_found_by_a_filter(
    as_person, asking, nomination
):
    Participant.objects.filter(pk=nomination.participant_id).update(gender="own", gender_own_words="Secret")
    client, url = as_person("trainer"), address("nominations", asking)
    text = main(client.get(url))
    text = text[: text.find("<form")] + "".join(re.findall("<table.*?</table>", text, re.S))
    table = b"".join(client.get(address("nominations_export", asking))).decode()
    for shown in (text, table):
        assert "Woman" in shown
        assert "In my own words" not in shown
        assert "Secret" not in shown
    Participant.objects.filter(pk=nomination.participant_id).update(gender="man")
    assert "Achieng" in main(client.get(f"{url}?gender=woman"))
    assert "Achieng" not in main(client.get(f"{url}?gender=man"))


def test_several_are_selected_by_one_press(as_person, asking, nomination):
    other = factories.NominationFactory(workshop=asking)
    data = {"act": "selected", "nominations": [nomination.pk, other.pk]}
    response = as_person("trainer").post(address("nominations", asking), data, follow=True)
    assert "2 nominations: Selected and invited." in response.content.decode()
    assert set(Nomination.objects.values_list("state", flat=True)) == {"selected"}


def test_an_error_keeps_what_was_ticked_and_typed(as_person, asking, nomination):
    client = as_person("trainer")
    text = main(client.post(address("nominations", asking), {"act": "not-selected", "nominations": [nomination.pk]}))
    assert "Give a reason" in text
    assert f'value="{nomination.pk}" checked' in text
    text = main(client.post(address("nominations", asking), {"act": "not-selected", "reason": "So many lawyers"}))
    assert "Choose at least one" in text
    assert "So many lawyers" in text
    assert "Choose at least one" not in main(client.get(address("nominations", asking)))
    assert Nomination.objects.get().state == "nominated"


@pytest.mark.parametrize("data", [{"act": "confirmed"}, {"act": "withdrawn"}, {}])
def test_no_other_state_can_be_sent(as_person, asking, nomination, data):
    as_person("trainer").post(address("nominations", asking), {**data, "nominations": [nomination.pk]})
    assert Nomination.objects.get().state == "nominated"


def test_nominations_of_elsewhere_cannot_be_sent(as_person, asking, nomination):
    other = factories.NominationFactory(state="nominated")
    as_person("trainer").post(address("nominations", asking), {"act": "selected", "nominations": [other.pk]})
    other.refresh_from_db()
    assert other.state == "nominated"


def test_the_list_as_a_table_for_spreadsheets(as_person, asking, nomination):
    Nomination.objects.update(note="=cmd()")
    client = as_person("trainer")
    text = b"".join(client.get(address("nominations_export", asking))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "Name"
    assert rows[1][0] == "Achieng Otieno"
    assert "'=cmd()" in rows[1]
    book = b"".join(client.get(address("nominations_export", asking) + "?format=xlsx&gender=woman"))
    assert load_workbook(io.BytesIO(book)).active["A2"].value == "Achieng Otieno"
    assert AuditEntry.objects.of_seeing().filter(action="workshops.export").about(nomination.participant).exists()


def test_queries_do_not_grow_with_nominations(as_person, asking, cast):
    asking.nominees_per_country = None
    asking.save()

    def asked(who, url):
        client = as_person(who)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            b"".join(client.get(url))
        return len(queries)

    pages = [
        ("trainer", address("nominations", asking)),
        ("trainer", address("nominations_export", asking)),
        ("focal_point", address("nominate", asking)),
        ("focal_point", reverse("country")),
    ]
    for state in ("nominated", "reserve"):
        factories.NominationFactory(workshop=asking, state=state)
    few = [asked(*page) for page in pages]
    for number in range(15):
        factories.NominationFactory(workshop=asking, state="reserve" if number % 2 else "nominated")
    assert [asked(*page) for page in pages] == few
    assert max(few) < 30
