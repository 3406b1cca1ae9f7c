"""A person whom an organiser wrote down begins with a link: theirs alone, once, for a while."""

from __future__ import annotations

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from courses.participants import activation
from courses.participants.services import NotYourRecord, merge_participants
from jobs.models import OutboxMail
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def person(db):
    return factories.ParticipantFactory(name="Amina Diallo", email="amina@lists.example", language="fr")


@pytest.fixture
def address(person):
    return f"/en/begin/{activation.token_for(person)}/"


def test_a_password_makes_the_account_and_signs_in(client, person, address):
    assert "Amina Diallo" in client.get(address).content.decode()
    assert client.post(address, {"password": PASSWORD}).status_code == 302
    person.refresh_from_db()
    user = person.user
    assert (user.email, user.name, user.language) == ("amina@lists.example", "Amina Diallo", "fr")
    assert user.check_password(PASSWORD)
    assert user.emailaddress_set.get().verified
    assert client.session["_auth_user_id"] == str(user.pk)
    assert AuditEntry.objects.filter(action="participants.activate").count() == 1


@pytest.mark.parametrize("password", ["", "short", "1234567890123", "amina@lists.example"])
def test_a_weak_password_is_refused_and_makes_no_account(client, person, address, password):
    response = client.post(address, {"password": password})
    assert response.status_code == 200
    assert response.context["form"].errors["password"]
    assert not User.objects.filter(email=person.email).exists()


def test_the_link_opens_nothing_a_second_time(client, person, address):
    client.post(address, {"password": PASSWORD})
    client.logout()
    assert client.get(address).status_code == 410
    assert client.post(address, {"password": "another long password"}).status_code == 410
    assert User.objects.get(email=person.email).check_password(PASSWORD)


def test_the_link_has_an_end(client, address):
    with time_machine.travel(timezone.now() + timezone.timedelta(days=activation.LINK_DAYS + 1)):
        assert client.get(address).status_code == 410


def test_a_link_for_an_address_that_was_changed_opens_nothing(client, person, address):
    person.email = "new@lists.example"
    person.save()
    assert client.get(address).status_code == 410


class TestARecordMergedSince:
    """Two lists wrote one person down twice, an organiser made the records one: both links still open it."""

    @pytest.fixture
    def kept(self):
        return factories.ParticipantFactory(name="A. Diallo", email="Amina@lists.example")

    def test_the_link_opens_the_record_that_was_kept(self, client, person, address, kept):
        last = factories.ParticipantFactory(name="Amina D.", email="")
        merge_participants(actor=None, source=person, into=kept)
        merge_participants(actor=None, source=kept, into=last)
        assert client.post(address, {"password": PASSWORD}).status_code == 302
        last.refresh_from_db()
        person.refresh_from_db()
        assert last.user.check_password(PASSWORD)
        assert person.user is None

    def test_an_account_is_connected_to_the_record_that_was_kept(self, client, person, address, kept):
        account = factories.UserFactory(email=person.email)
        merge_participants(actor=None, source=person, into=kept)
        client.force_login(account)
        assert client.post(address).status_code == 302
        kept.refresh_from_db()
        assert kept.user == account

    def test_the_link_opens_nothing_where_another_address_or_an_account_was_kept(self, client, person, address, kept):
        for change in ({"email": "other@lists.example"}, {"user": factories.UserFactory()}):
            other = factories.ParticipantFactory(**{"email": person.email} | change)
            type(person).objects.filter(pk=person.pk).update(merged_into=other)
            assert client.post(address, {"password": PASSWORD}).status_code == 410
        assert not User.objects.filter(email=person.email).exists()


@pytest.mark.parametrize("token", ["x", "WzEsMl0:1:2"])
def test_a_forged_link_opens_nothing(client, token):
    assert client.get(f"/en/begin/{token}/").status_code == 410


def test_a_link_for_another_purpose_opens_nothing(client, person):
    from core.links import make_token

    assert client.get(f"/en/begin/{make_token('workshop-calendar', [person.pk, person.email])}/").status_code == 410


class TestWhoHasAnAccount:
    @pytest.fixture
    def account(self):
        return factories.UserFactory(email="amina@lists.example")

    def test_is_asked_to_sign_in_and_gets_no_form_for_a_password(self, client, account, address):
        page = client.get(address)
        assert "form" not in page.context
        client.post(address, {"password": PASSWORD})
        account.refresh_from_db()
        assert account.check_password(factories.PASSWORD)

    def test_connects_the_record_once_signed_in(self, client, account, person, address):
        client.force_login(account)
        assert client.post(address).status_code == 302
        person.refresh_from_db()
        assert person.user == account

    def test_does_not_connect_the_record_of_another_address(self, client, cast, account, person, address):
        client.force_login(cast.outsider)
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
        person.refresh_from_db()
        assert person.user is None

    def test_does_not_connect_with_an_address_nobody_proved(self, client, person, address):
        thief = factories.UserFactory(email="thief@example.org")
        thief.emailaddress_set.create(email=person.email, verified=False)
        client.force_login(thief)
        assert client.post(address).status_code == 403

    def test_with_a_record_of_their_own_is_told_what_to_do(self, client, account, person, address):
        factories.ParticipantFactory(user=account)
        client.force_login(account)
        page = client.post(address, follow=True).content.decode()
        assert "record of its own" in page
        person.refresh_from_db()
        assert person.user is None


def test_the_mail_holds_the_link_and_comes_once(person):
    for _time in range(2):
        activation.invite(participant=person, key="list", place="A course")
    mail = OutboxMail.objects.get()
    assert "/fr/begin/" in mail.text
    assert "A course" in mail.subject


class TestSendingAgain:
    def test_the_mail_goes_out_once_more_and_stands_in_the_trail(self, cast, person):
        person.created_by = cast.organiser
        person.save()
        activation.send_again(actor=cast.organiser, participant=person)
        mail = OutboxMail.objects.get(to=person.email)
        assert "/fr/begin/" in mail.text
        assert AuditEntry.objects.about(person).get(action=activation.SENT_AGAIN).actor == cast.organiser

    def test_nobodys_mailbox_is_filled(self, cast, person):
        start = timezone.now()
        for minutes, goes in ((0, True), (10, False), (16, True), (32, True), (48, False), (1441, True)):
            with time_machine.travel(start + timezone.timedelta(minutes=minutes)):
                if goes:
                    activation.send_again(actor=cast.organiser, participant=person)
                else:
                    with pytest.raises(activation.TooOften):
                        activation.send_again(actor=cast.organiser, participant=person)
        assert OutboxMail.objects.filter(to=person.email).count() == 4

    @pytest.mark.parametrize("who", ["learner", "trainer", "focal_point", "editor"])
    def test_only_organisers_send(self, cast, person, who):
        with pytest.raises(NotYourRecord):
            activation.send_again(actor=getattr(cast, who), participant=person)

    def test_nobody_with_an_account_or_without_an_address_is_written_to(self, cast, person):
        for gone in ({"user": factories.UserFactory()}, {"email": ""}):
            other = factories.ParticipantFactory(**{"email": "x@y.org"} | gone)
            with pytest.raises(activation.NobodyToWriteTo):
                activation.send_again(actor=cast.organiser, participant=other)


class TestRecordOfAnAddress:
    """Who proves an address finds the record that an organiser wrote down, where it is surely theirs."""

    def test_is_found_by_the_address_and_a_name_that_agrees(self, person):
        assert activation.record_for("Amina@lists.example", "Diallo Amina") == person

    @pytest.mark.parametrize("name", ["Wanjiru Kamau", ""])
    def test_is_not_given_to_somebody_else_at_an_offices_address(self, person, name):
        assert activation.record_for(person.email, name) is None

    def test_is_none_where_two_fit(self, person):
        factories.ParticipantFactory(name="Amina Diallo", email=person.email)
        assert activation.record_for(person.email, "Amina Diallo") is None

    def test_is_none_where_it_has_an_account_or_is_gone(self, person):
        for change in ({"user": factories.UserFactory()}, {"merged_into": factories.ParticipantFactory()}):
            type(person).objects.filter(pk=person.pk).update(user=None, merged_into=None)
            type(person).objects.filter(pk=person.pk).update(**change)
            assert activation.record_for(person.email, "Amina Diallo") is None
