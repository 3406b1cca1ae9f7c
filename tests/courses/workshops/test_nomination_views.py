"""The pages of nomination: the focal point's, the organisers', the one behind the link; and what each shows to whom."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEntry
from core.personal import Person, holdings
from courses.participants.models import Participant
from courses.privacy.erasing import erase_person
from courses.workshops import services
from courses.workshops.models import Nomination, Registration, Workshop
from courses.workshops.personal import forget_nominations, forgotten_nominations
from courses.workshops.services.nomination_mails import nomination_token
from institutions.models import Role
from institutions.services import grant_role
from jobs.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "አበበ ተስፋዬ",
    "name_latin": "Abebe Tesfaye",
    "email": "abebe@example.org",
    "gender": "man",
    "language": "fr",
    "represents": "government",
    "organisation": "Ministry",
    "position": "Lawyer",
    "stakeholder_group": "government",
    "note": "Drafts the bill",
}


@pytest.fixture
def asking(workshop):
    workshop.starts_on = workshop.today + timedelta(days=20)
    workshop.ends_on = workshop.starts_on
    workshop.nominations_close_on = workshop.today + timedelta(days=5)
    workshop.nominees_per_country = 2
    workshop.save()
    return workshop


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


def address(name, workshop):
    return reverse(name, args=[workshop.key])


def main(response):
    text = response.content.decode()
    return text[text.index("<main") : text.index("</main")]


# --- Who sees what ----------------------------------------------------------------------------

SEE_THE_ROW = {"nominee", "trainer", "organiser", "focal_point"}


def test_the_table_of_who_sees_a_nomination(cast, asking, nomination):
    nomination.participant.user = factories.UserFactory()
    nomination.participant.save()
    elsewhere = factories.UserFactory()
    grant_role(actor=None, user=elsewhere, role=Role.FOCAL_POINT, country_id="UG")
    people = {**vars(cast), "nominee": nomination.participant.user, "focal point of another country": elsewhere}
    seeing = {who for who, user in people.items() if Nomination.objects.visible_to(user).exists()}
    assert seeing == SEE_THE_ROW


def test_a_focal_point_of_another_region_or_country_meets_no_such_page(client, asking, nomination):
    elsewhere, neighbour = factories.UserFactory(), factories.UserFactory()
    grant_role(actor=None, user=elsewhere, role=Role.FOCAL_POINT, country_id="VN")
    grant_role(actor=None, user=neighbour, role=Role.FOCAL_POINT, country_id="UG")
    client.force_login(elsewhere)
    assert client.get(address("nominate", asking)).status_code == 404
    client.force_login(neighbour)
    assert "Achieng" not in main(client.get(address("nominate", asking)))
    assert client.post(reverse("nomination_withdraw", args=[nomination.pk])).status_code == 404


def test_a_workshop_that_does_not_ask_has_no_such_page(as_person, workshop):
    assert as_person("focal_point").get(address("nominate", workshop)).status_code == 404
    assert "Nominate people" not in main(as_person("focal_point").get(address("workshop", workshop)))


@pytest.mark.parametrize(("who", "offered"), [("focal_point", True), ("learner", False), ("organiser", False)])
def test_the_public_page_offers_it_to_focal_points(as_person, asking, who, offered):
    assert ("Nominate people of your country" in main(as_person(who).get(address("workshop", asking)))) == offered


# --- The focal point --------------------------------------------------------------------------


def test_a_focal_point_nominates_and_sees_the_state(as_person, asking):
    client = as_person("focal_point")
    response = client.post(address("nominate", asking), TYPED, follow=True)
    made = Nomination.objects.get()
    assert {name: getattr(made, name) for name in TYPED} == TYPED
    assert made.country_id == "KE"
    assert "1 of 2 nominated" in main(response)
    country = main(client.get(reverse("country")))
    assert "አበበ ተስፋዬ" in country
    assert "1 of 2 nominated" in country
    assert "abebe@example.org" not in country


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "1234"}, "A name needs at least one letter."),
        ({"name_latin": "Абебе"}, "Latin letters only"),
        ({"email": ""}, "This field is required."),
        ({"email": "abebe"}, "Enter a valid email address."),
        ({"email": "focal_point@example.org"}, "nobody nominates themselves"),
        ({"gender": "own"}, "Select a valid choice."),
        ({"note": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_wrong_input_is_said_and_kept(as_person, asking, changes, words):
    response = as_person("focal_point").post(address("nominate", asking), {**TYPED, **changes})
    text = main(response)
    assert words in text
    assert 'value="Ministry"' in text
    assert not Nomination.objects.exists()


def test_a_country_of_others_cannot_be_smuggled_in(as_person, asking, cast):
    as_person("focal_point").post(address("nominate", asking), {**TYPED, "country": "UG"})
    assert Nomination.objects.get().country_id == "KE"
    grant_role(actor=None, user=cast.focal_point, role=Role.FOCAL_POINT, country_id="ET")
    sent = {**TYPED, "email": "second@example.org"}
    client = as_person("focal_point")
    assert "Select a valid choice" in main(client.post(address("nominate", asking), {**sent, "country": "UG"}))
    client.post(address("nominate", asking), {**sent, "country": "ET"})
    assert Nomination.objects.get(email="second@example.org").country_id == "ET"


def test_after_the_last_day_the_page_says_so_and_keeps_the_states(as_person, asking, nomination):
    Workshop.objects.update(nominations_close_on=asking.today - timedelta(days=1))
    text = main(as_person("focal_point").get(address("nominate", asking)))
    assert "The last day for nominations was" in text
    assert "Achieng Otieno" in text
    assert "<textarea" not in text


@pytest.mark.parametrize("back", ["", "country"])
def test_a_nomination_is_withdrawn_by_a_press(as_person, asking, nomination, back):
    url = reverse("nomination_withdraw", args=[nomination.pk])
    response = as_person("focal_point").post(url, {"back": back})
    assert response.url == (reverse("country") if back else address("nominate", asking))
    nomination.refresh_from_db()
    assert nomination.state == "withdrawn"


def test_the_focal_point_reads_own_words_never_those_of_the_record(as_person, asking, nomination):
    """Until and after the nominee confirms: the name that was typed, and nothing of who they are here besides."""
    Participant.objects.filter(pk=nomination.participant_id).update(name="Secret Other Name", organisation="Secret")
    services.decide_nominations(actor=None, workshop=asking, nominations=[nomination.pk], state="selected")
    for state in ("Selected and invited", "Registered"):
        client = as_person("focal_point")
        shown = main(client.get(reverse("country"))) + main(client.get(address("nominate", asking)))
        assert state in shown
        assert "Achieng Otieno" in shown
        assert "Secret" not in shown
        if state != "Registered":
            services.confirm_nomination(nomination=nomination)


def test_that_a_nominee_registered_by_themselves_is_not_shown(as_person, asking, nomination, register):
    register(asking, nomination.participant)
    shown = main(as_person("focal_point").get(reverse("country")))
    assert "Nominated" in shown
    assert "Registered" not in shown


# --- The organisers ---------------------------------------------------------------------------


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
        assert "1 of 1 places is free." in text
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


# --- The link ---------------------------------------------------------------------------------


@pytest.fixture
def link(asking, nomination):
    services.decide_nominations(actor=None, workshop=asking, nominations=[nomination.pk], state="selected")
    return reverse("nomination_answer", args=[nomination_token(nomination)])


def test_looking_at_the_link_answers_nothing(client, link):
    assert "Achieng Otieno" in main(client.get(link))
    client.post(link)
    client.post(link, {"answer": "perhaps"})
    assert Nomination.objects.get().state == "selected"


def test_yes_by_the_link(client, link):
    assert "your place is certain" in main(client.post(link, {"answer": "yes"}))
    assert Registration.objects.get().source == "nomination"
    assert "your place is certain" in main(client.get(link))


@pytest.mark.parametrize(("places", "words"), [(5, "You are enrolled in the course"), (0, "has no free place now")])
def test_the_link_says_beforehand_and_afterwards_that_a_course_belongs_to_it(client, link, asking, places, words):
    Workshop.objects.update(cohort=factories.CohortFactory(course=asking.course, capacity=places))
    assert "If you confirm, you are enrolled there, too" in main(client.get(link))
    assert words in main(client.post(link, {"answer": "yes"}))
    assert words in main(client.get(link))


def test_no_by_the_link_and_then_it_opens_nothing(client, link):
    assert "will not take part" in main(client.post(link, {"answer": "no"}))
    assert client.get(link).status_code == 410
    assert client.post(link, {"answer": "yes"}).status_code == 410


def test_a_place_that_is_gone_is_said(client, link, asking, register, cast):
    Workshop.objects.update(capacity=1)
    Registration.objects.create(workshop=asking, participant=cast.learner.participant)
    assert "All places are taken" in main(client.post(link, {"answer": "yes"}))
    assert Nomination.objects.get().state == "selected"


@pytest.mark.parametrize("token", ["forged", "WzFd:1:2"])
def test_a_broken_link_opens_nothing(client, token):
    assert client.get(reverse("nomination_answer", args=[token])).status_code == 410


# --- One's data -------------------------------------------------------------------------------


def test_a_nominee_takes_along_what_was_written_of_them(nomination):
    Nomination.objects.update(note="Drafts the bill", reason="Later")
    holding = next(one for one in holdings() if one.name == "workshops")
    (record,) = holding.export(Person(participant=nomination.participant))
    said = {fact.key: fact.value for fact in record}
    assert (said["name"], said["note"], said["reason"], said["country"]) == (
        "Achieng Otieno", "Drafts the bill", "Later", "KE"
    )  # fmt: skip


def test_who_was_erased_is_named_nowhere_and_never_invited(as_person, asking, nomination, link):
    Nomination.objects.update(note="Secret")
    erase_person(Person(participant=nomination.participant))
    nomination.refresh_from_db()
    assert (nomination.name, nomination.email, nomination.note, nomination.state) == ("", "", "", "withdrawn")
    assert nomination.country_id == "KE"
    shown = main(as_person("trainer").get(address("nominations", asking)))
    shown += main(as_person("focal_point").get(reverse("country")))
    assert "Achieng" not in shown
    assert "Erased person" not in shown
    assert as_person("trainer").get(link).status_code == 410


def test_nominations_that_came_to_nothing_go_with_the_records_made_for_them(asking, nomination, cast):
    """Two years after the workshop. Who did anything else here keeps the record."""
    busy = factories.NominationFactory(workshop=asking, state="not-selected")
    factories.EnrolmentFactory(participant=busy.participant)
    own = factories.NominationFactory(workshop=asking, participant=cast.learner.participant, state="declined")
    came = factories.NominationFactory(workshop=asking, state="confirmed")
    end = datetime.combine(asking.ends_on, time(), UTC)
    assert not forgotten_nominations(end).exists()
    assert forget_nominations(forgotten_nominations(end + timedelta(days=1))) == 3
    assert list(Nomination.objects.all()) == [came]
    left = set(Participant.objects.values_list("pk", flat=True))
    assert nomination.participant_id not in left
    assert {busy.participant_id, own.participant_id, came.participant_id} <= left
