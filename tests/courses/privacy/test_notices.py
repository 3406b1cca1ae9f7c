"""People are told before they are asked, and told again when it has changed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from courses.participants import notices
from courses.participants.models import DataNotice, NoticeReceipt
from tests import factories
from tests.factories import coming, past

pytestmark = pytest.mark.django_db
WORDS = {"en": ("Short words.", "All the words."), "fr": ("En bref.", "Tout le texte.")}


@pytest.fixture
def notice(db):
    return notices.publish_notice(actor=None, published_on=past(1), texts=WORDS)


def details(user, **data):
    return {"name": user.name or "Somebody", "represents": "", "next": "", **data}


def test_the_notice_stands_above_the_first_question(client, notice):
    client.force_login(factories.UserFactory())
    page = client.get(reverse("participant_profile")).content.decode()
    assert page.index("Short words.") < page.index('name="name"')


def test_saving_the_details_notes_which_version_was_shown(client, notice, django_user_model):
    user = factories.UserFactory()
    client.force_login(user)
    client.post(reverse("participant_profile"), details(user, notice=notice.version))
    assert NoticeReceipt.objects.get().notice == notice


def test_what_was_not_on_the_page_is_not_noted(client, notice):
    user = factories.UserFactory()
    client.force_login(user)
    client.post(reverse("participant_profile"), details(user))
    assert not NoticeReceipt.objects.exists()


def test_a_new_version_is_shown_before_the_next_enrolment(client, cast, notice):
    notices.acknowledge(actor=cast.learner, notice=notice)
    newer = notices.publish_notice(actor=None, published_on=past(0), texts=WORDS)
    client.force_login(cast.learner)
    response = client.get(reverse("designation_claim"))
    assert response.status_code == 302
    assert reverse("data_notice") in response["Location"]
    response = client.post(
        reverse("data_notice"), {"version": newer.version, "next": reverse("designation_claim")}, follow=True
    )
    assert response.request["PATH_INFO"] == reverse("designation_claim")


def test_who_has_read_it_is_not_asked_again(client, cast, notice):
    notices.acknowledge(actor=cast.learner, notice=notice)
    client.force_login(cast.learner)
    assert client.get(reverse("designation_claim")).status_code == 200


def test_a_version_of_tomorrow_is_shown_to_nobody(client, notice, cast):
    notices.acknowledge(actor=cast.learner, notice=notice)
    notices.publish_notice(actor=None, published_on=coming(1), texts=WORDS)
    assert notices.notice_for(cast.learner) is None


def test_everybody_reads_it_in_their_language(client, notice):
    page = client.get("/fr" + reverse("data_notice")[3:]).content.decode()
    assert "Tout le texte." in page
    assert "All the words." in client.get("/ru" + reverse("data_notice")[3:]).content.decode()


def test_what_people_were_shown_never_changes(cast, notice):
    notices.acknowledge(actor=cast.learner, notice=notice)
    with pytest.raises(notices.NoticeShown):
        notices.change_notice(actor=None, notice=notice, published_on=past(1), texts=WORDS)


def test_only_organisers_of_all_write_notices(cast):
    for somebody in (cast.organiser, cast.trainer, cast.learner):
        with pytest.raises(notices.NotYourNotice):
            notices.publish_notice(actor=somebody, published_on=past(1), texts=WORDS)


def test_a_notice_needs_english(cast):
    with pytest.raises(notices.NoticeEmpty):
        notices.publish_notice(actor=None, published_on=past(1), texts={"fr": ("a", "b")})
    assert not DataNotice.objects.exists()


def test_an_organiser_of_all_writes_it_in_the_admin(client, db):
    boss = User.objects.create_superuser("boss@example.org", factories.PASSWORD)
    client.force_login(boss)
    words = {f"{part}_{code}": "" for part in ("summary", "text") for code in ("ar", "es", "fr", "ru", "zh-hans")}
    response = client.post(
        reverse("data_notices:add"),
        {**words, "published_on": past(0).isoformat(), "summary_en": "Short.", "text_en": "Long."},
    )
    assert response.status_code == 302
    assert DataNotice.objects.get().text_in("en").text == "Long."


class TestConsents:
    def press(self, client, purpose, give):
        return client.post(reverse("privacy_consent"), {"purpose": purpose, **({"give": "1"} if give else {})})

    def test_one_press_gives_and_one_takes_back_and_both_stay_in_the_history(self, client, cast, notice):
        person = cast.learner.participant
        client.force_login(cast.learner)
        self.press(client, "news", True)
        assert person.consents.standing().get().notice == notice
        self.press(client, "news", False)
        assert not person.consents.standing().exists()
        self.press(client, "news", True)
        assert person.consents.count() == 2

    def test_one_consent_leaves_the_others_alone(self, client, cast):
        client.force_login(cast.learner)
        self.press(client, "news", True)
        self.press(client, "follow-up", True)
        self.press(client, "news", False)
        assert [c.purpose for c in cast.learner.participant.consents.standing()] == ["follow-up"]

    def test_what_nobody_asks_for_cannot_be_given(self, client, cast):
        client.force_login(cast.learner)
        assert self.press(client, "sell-my-data", True).status_code == 404

    def test_nothing_is_ticked_beforehand(self, client):
        client.force_login(factories.UserFactory())
        assert "checked" not in client.get(reverse("participant_profile")).content.decode()
