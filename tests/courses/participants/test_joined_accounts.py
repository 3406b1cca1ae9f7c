"""One person with two accounts: nobody gets into the one that is closed, what is refused, and the person’s data."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from core.personal import Person
from courses.participants import services
from courses.participants.addresses import own_addresses
from courses.participants.models import Merge, Participant
from courses.privacy.erasing import ask_erasure, erase_person
from courses.privacy.people import person_of
from courses.privacy.taking import collect
from institutions.models import Role
from institutions.services import grant_role, revoke_role
from jobs.models import MailChoice, OutboxMail
from jobs.subscriptions import choices_of, leave, link, mail_kinds
from modules.assessments.models import Attempt
from modules.assessments.services import close_overdue, start_attempt, submit_attempt
from modules.lessons.models import LessonProgress
from modules.lessons.services import mark_done
from modules.records.models import Event
from tests.factories import (
    PASSWORD,
    ItemFactory,
    ParticipantFactory,
    QuizFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SIDES = ["source", "into"]


def merge(chief, people, **options):
    services.merge_participants(actor=chief, source=people[0], into=people[1], **options)
    return Merge.objects.latest("pk")


# --- The account that is closed --------------------------------------------------------------------


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("account", SIDES)
def test_nobody_signs_in_to_it_and_it_answers_like_a_wrong_password(client, chief, people, account):
    merge(chief, people, account=account)
    closed, kept = (people[0].user, people[1].user) if account == "into" else (people[1].user, people[0].user)
    answer = sign_in(client, closed.email)
    assert not is_in(client)
    wrong = sign_in(client, kept.email, "a wrong password")
    assert (answer.status_code, answer.context["form"].errors) == (wrong.status_code, wrong.context["form"].errors)
    sign_in(client, kept.email)
    assert is_in(client)
    assert services.participant_of(User.objects.get(pk=kept.pk)) == people[1]


@pytest.mark.parametrize("page", ["account_reset_password", "account_request_login_code"])
def test_a_letter_to_its_address_answers_as_to_one_nobody_has_and_opens_nothing(client, chief, people, page):
    merge(chief, people)
    OutboxMail.objects.all().delete()
    answers = [client.post(reverse(page), {"email": address}) for address in ("old@example.org", "nobody@example.org")]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1
    letter = OutboxMail.objects.get(to="old@example.org")
    assert "/account/signup/" in letter.text  # no account with this address
    assert "/password/reset/key/" not in letter.text


def test_its_sessions_end(client, chief, people):
    sign_in(client, "old@example.org")
    assert is_in(client)
    assert UserSession.objects.filter(user=people[0].user).exists()
    merge(chief, people)
    assert not UserSession.objects.filter(user=people[0].user).exists()
    assert client.get(reverse("privacy")).status_code == 302


def test_its_address_opens_the_kept_account_to_nobody(chief, people):
    """An organiser's word gives no keys: whoever reads mail at the old address could set a password otherwise."""
    merge(chief, people)
    assert not EmailAddress.objects.filter(user=people[1].user, email="old@example.org").exists()
    assert own_addresses(people[1].user) == {"new@example.com", "old@example.org"}


def test_after_the_undo_it_opens_with_its_own_password(client, chief, people):
    services.undo_merge(actor=chief, merge=merge(chief, people))
    sign_in(client, "old@example.org")
    assert is_in(client)


def test_one_that_was_switched_off_before_stays_so_after_the_undo(chief, people):
    User.objects.filter(pk=people[0].user_id).update(is_active=False)
    services.undo_merge(actor=chief, merge=merge(chief, people))
    assert not User.objects.get(pk=people[0].user_id).is_active


def test_when_nothing_can_be_undone_any_more_it_lets_go_of_its_address(client, chief, people):
    done = merge(chief, people)
    assert services.forget_merges(timezone.now() + timedelta(seconds=1)) == 1
    closed = User.objects.get(pk=people[0].user_id)
    assert not EmailAddress.objects.filter(email="old@example.org").exists()
    assert not User.objects.filter(email="old@example.org").exists()
    assert closed.joined_to == people[1].user
    done.refresh_from_db()
    with pytest.raises(services.CannotUndo):
        services.undo_merge(actor=chief, merge=done)


def test_one_that_was_undone_keeps_its_address(chief, people):
    services.undo_merge(actor=chief, merge=merge(chief, people))
    services.forget_merges(timezone.now() + timedelta(seconds=1))
    assert User.objects.get(pk=people[0].user_id).email == "old@example.org"


def test_an_old_mail_still_unsubscribes_the_account_that_goes_on(client, chief, people):
    kind = mail_kinds()[0].name
    address = link(people[0].user, kind, "en")
    merge(chief, people)
    client.post(address.partition("//")[2].partition("/")[1] + address.partition("//")[2].partition("/")[2])
    assert choices_of(people[1].user)[kind] is False


def test_the_person_is_told_at_both_addresses_in_the_accounts_language(chief, people):
    done = merge(chief, people)
    told = {row.to: row for row in OutboxMail.objects.filter(key__startswith=f"accounts-joined:{done.pk}:")}
    assert set(told) == {"old@example.org", "new@example.com"}
    assert {row.language for row in told.values()} == {"fr", "en"}
    words = told["new@example.com"].text
    assert "new@example.com" in words
    assert "o…@example.org" in words
    assert "old@example.org" not in words
    services.undo_merge(actor=chief, merge=done)
    again = OutboxMail.objects.filter(key__startswith=f"accounts-parted:{done.pk}:")
    assert {row.to for row in again} == set(told)
    assert mail.outbox == [] or all(letter.to != [chief.email] for letter in mail.outbox)


# --- Whom it is refused for -------------------------------------------------------------------------


def refused(chief, people, words, **options):
    with pytest.raises(services.CannotMerge, match=words):
        merge(chief, people, **options)
    assert services.preview_merge(actor=chief, source=people[0], into=people[1], **options).problem


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("starts", [None, timedelta(days=5)])
def test_an_account_with_a_role_now_or_soon_is_not_joined(chief, people, side, starts):
    day = timezone.now().date() + starts if starts else None
    grant_role(actor=None, user=people[side].user, role=Role.TRAINER, starts_on=day)
    refused(chief, people, "holds a role: Trainer")
    for held in people[side].user.role_assignments.all():
        revoke_role(actor=None, assignment=held)
    merge(chief, people)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("field", ["is_staff", "is_superuser"])
def test_an_administrators_account_is_not_joined(chief, people, side, field):
    User.objects.filter(pk=people[side].user_id).update(**{field: True})
    for person in people:
        person.refresh_from_db()
    refused(chief, people, "administers")


def test_what_a_second_factor_protects_does_not_go_where_none_does(chief, people):
    Authenticator.objects.create(user=people[0].user, type="totp", data={})
    refused(chief, people, "second factor")
    merge(chief, people, account="source")


def test_who_asked_to_be_forgotten_is_not_joined(chief, people):
    ask_erasure(actor=people[0].user, withdraw_certificates=False, confirmed=True)
    refused(chief, people, "erased")


def test_an_account_that_is_switched_off_is_not_the_one_to_keep(chief, people):
    User.objects.filter(pk=people[1].user_id).update(is_active=False)
    people[1].refresh_from_db()
    refused(chief, people, "switched off")
    merge(chief, people, account="source")


@pytest.mark.parametrize("side", [0, 1])
def test_nobody_joins_their_own_account_to_another(chief, people, side):
    people[side].user = chief
    people[side].save()
    refused(chief, people, "your own record")


@pytest.mark.parametrize("side", [0, 1])
def test_where_an_account_is_gone_nothing_is_undone(chief, people, side):
    done = merge(chief, people)
    account = people[side].user
    if side:
        Participant.objects.filter(user=account).update(user=None)
    account.delete()
    with pytest.raises(services.CannotUndo, match="accounts is gone"):
        services.undo_merge(actor=chief, merge=done)


def test_the_audit_trail_names_both_accounts(chief, people):
    merge(chief, people)
    entry = AuditEntry.objects.get(action="participants.merge")
    assert (entry.actor, entry.data["account_kept"], entry.data["account_closed"]) == (
        chief, people[1].user_id, people[0].user_id,
    )  # fmt: skip


# --- The person's data ------------------------------------------------------------------------------


def everything_held(user):
    return json.dumps(
        [[[fact.value for fact in record] for record in records] for _name, _title, records in collect(person_of(user))]
    )


def test_the_archive_holds_what_came_from_the_closed_account(chief, people, module):
    lesson = ItemFactory(kind="lesson", parent=module, titles={"en": "Access to genetic resources"})
    mark_done(actor=people[0].user, item=lesson)
    merge(chief, people)
    held = everything_held(User.objects.get(pk=people[1].user_id))
    assert "Access to genetic resources" in held
    assert "completed" in held  # the event, which stays under the closed account
    assert "new@example.com" in held


def test_the_archive_names_the_other_address_to_nobody_while_it_may_be_somebody_elses(chief, people):
    merge(chief, people)
    kept = User.objects.get(pk=people[1].user_id)
    assert "old@example.org" not in everything_held(kept)
    services.forget_merges(timezone.now() + timedelta(seconds=1))
    assert len([1 for name, _t, records in collect(person_of(kept)) if name == "account" for _r in records]) >= 2


def test_mails_to_its_address_are_gone_before_nothing_leads_to_them(chief, people):
    merge(chief, people)
    assert OutboxMail.objects.filter(to="old@example.org").exists()
    services.forget_merges(timezone.now() + timedelta(seconds=1))
    assert not OutboxMail.objects.filter(to="old@example.org").exists()
    assert OutboxMail.objects.filter(to="new@example.com").exists()


def test_who_is_forgotten_is_forgotten_with_the_closed_account(chief, people, module):
    quiz = QuizFactory(item__parent=module)
    for person in people:
        mark_done(actor=person.user, item=ItemFactory(kind="lesson", parent=module))
        start_attempt(actor=person.user, quiz=quiz, language="en")
    keys = [person.user.key for person in people]
    merge(chief, people)
    kept = User.objects.get(pk=people[1].user_id)
    erase_person(Person(user=kept, participant=people[1]))
    assert not User.objects.filter(pk__in=[person.user_id for person in people]).exists()
    assert not EmailAddress.objects.filter(email__in=["old@example.org", "new@example.com"]).exists()
    assert not OutboxMail.objects.filter(to__in=["old@example.org", "new@example.com"]).exists()
    for model, name in ((Event, "actor_key"), (Attempt, "learner_key"), (LessonProgress, "learner_key")):
        held = set(model.objects.values_list(name, flat=True))
        assert held, model
        assert held.isdisjoint(keys)
    assert Merge.objects.get().changes == {}


# --- The pages -----------------------------------------------------------------------------------


def test_from_the_preview_of_either_account_to_the_way_back(client, chief, people, module):
    for person in people:
        mark_done(actor=person.user, item=ItemFactory(kind="lesson", parent=module))
    both = ItemFactory(kind="lesson", parent=module, titles={"en": "Prior informed consent"})
    for person in people:
        mark_done(actor=person.user, item=both)
    client.force_login(chief)
    address = reverse("participant_merge", args=[one.pk for one in people])
    page = client.get(address).content.decode()
    for words in ("Two accounts", "old@example.org", "new@example.com", "Prior informed consent", "Lessons opened"):
        assert words in page
    assert "?account=source" in page
    page = client.get(f"{address}?account=source").content.decode()
    assert "?account=into" in page
    client.post(f"{address}?account=source", {"closes": people[1].user_id})
    people[1].refresh_from_db()
    assert people[1].user.email == "old@example.org"
    undo = reverse("participant_merge_undo", args=[Merge.objects.get().pk])
    assert "new@example.com is opened again" in client.get(undo).content.decode()
    client.post(undo)
    for person, email in zip(people, ("old@example.org", "new@example.com"), strict=True):
        person.refresh_from_db()
        assert (person.user.email, person.user.is_active, person.merged_into) == (email, True, None)


def test_a_role_given_while_the_page_was_open_stops_the_merge(client, chief, people):
    client.force_login(chief)
    address = reverse("participant_merge", args=[one.pk for one in people])
    client.get(address)
    grant_role(actor=None, user=people[0].user, role=Role.TRAINER)
    page = client.post(address, {"closes": people[0].user_id}, follow=True).content.decode()
    assert "holds a role: Trainer" in page
    assert not Merge.objects.exists()


def test_after_thirty_days_the_way_back_is_closed(chief, people):
    done = merge(chief, people)
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(services.CannotUndo):
        services.undo_merge(actor=chief, merge=done)


@pytest.mark.parametrize("shown", ["", "another"])
def test_no_account_is_closed_that_the_page_did_not_show(client, chief, people, shown):
    client.force_login(chief)
    address = reverse("participant_merge", args=[one.pk for one in people])
    assert f'name="closes" value="{people[0].user_id}"' in client.get(address).content.decode()
    closes = people[1].user_id if shown else ""
    page = client.post(address, {"closes": closes}, follow=True).content.decode()
    assert "Please look again" in page
    assert not Merge.objects.exists()


def test_where_only_one_account_can_be_kept_both_pages_lead_to_it(client, chief, people):
    Authenticator.objects.create(user=people[0].user, type="totp", data={})
    Participant.objects.update(name="Amina Diallo", email="amina@example.net")
    client.force_login(chief)
    address = reverse("participant_merge", args=[one.pk for one in people])
    page = client.get(address).content.decode()
    assert "Keep the protected" in page
    assert 'href="?account=source"' in page
    assert 'name="closes"' in client.get(f"{address}?account=source").content.decode()
    assert "second factor" not in client.get(reverse("people_doubles")).content.decode()


def test_an_administrator_does_not_open_a_closed_account_by_hand(client, chief, people):
    done = merge(chief, people)
    client.force_login(UserFactory(is_superuser=True))
    closed = people[0].user_id
    address = reverse("wagtailusers_users:edit", args=[closed])
    assert "joined to another one and is closed" in client.get(address).content.decode()
    client.post(address, {"name": "A", "email": "mine@example.org", "language": "", "is_active": "on"})
    row = User.objects.get(pk=closed)
    assert (row.is_active, row.email) == (False, "old@example.org")
    assert services.why_not_undo(chief, done) == ""


def test_nothing_is_undone_once_a_record_has_the_closed_account(chief, people):
    done = merge(chief, people)
    ParticipantFactory(user=User.objects.get(pk=people[0].user_id))
    with pytest.raises(services.CannotUndo, match="belongs to another record"):
        services.undo_merge(actor=chief, merge=done)


def test_an_attempt_left_behind_is_not_graded_and_counts_for_nobody(chief, people, module):
    quiz = QuizFactory(item__parent=module, time_limit=10)
    left, _mine = (start_attempt(actor=person.user, quiz=quiz, language="en") for person in people)
    done = merge(chief, people)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    assert left.pk not in Attempt.objects.overdue().values_list("pk", flat=True)
    assert close_overdue() == 1
    left.refresh_from_db()
    assert left.state == "open"
    Attempt.objects.filter(pk=left.pk).update(state="graded")
    assert left.pk not in Attempt.objects.measured().values_list("pk", flat=True)
    assert left.pk not in Attempt.objects.to_mark_by(chief).values_list("pk", flat=True)
    Attempt.objects.update(learner=None)
    assert Attempt.objects.measured().filter(pk=left.pk).exists()
    Attempt.objects.filter(pk=left.pk).update(learner=people[0].user, state="open")
    services.undo_merge(actor=chief, merge=done)
    assert close_overdue() == 1


# --- What came since, when the merge is undone ------------------------------------------------------


def test_a_lesson_done_since_stays_done_with_who_did_it_and_the_other_has_it_as_before(chief, people, module):
    lesson = ItemFactory(kind="lesson", parent=module)
    closed, kept = (person.user for person in people)
    opened = timezone.now() - timedelta(days=3)
    row = LessonProgress.objects.create(learner=closed, learner_key=closed.key, item=lesson, seen_at=opened)
    LessonProgress.objects.filter(pk=row.pk).update(started_at=opened)
    done = merge(chief, people)
    mark_done(actor=User.objects.get(pk=kept.pk), item=lesson)
    services.undo_merge(actor=chief, merge=done)
    rows = {row.learner_key: row for row in LessonProgress.objects.filter(item=lesson)}
    assert rows[kept.key].done_at is not None
    assert rows[closed.key].done_at is None
    assert (rows[closed.key].learner, rows[closed.key].started_at, rows[closed.key].seen_at) == (closed, opened, opened)


def test_who_left_a_kind_of_mail_since_gets_none_after_the_undo_and_the_other_does(chief, people):
    closed, kept = (person.user for person in people)
    kind = mail_kinds()[0].name
    MailChoice.objects.create(user=closed, kind=kind, wanted=True, changed_at=timezone.now())
    done = merge(chief, people)
    leave(user=kept, kind=kind)
    services.undo_merge(actor=chief, merge=done)
    assert choices_of(kept)[kind] is False
    assert choices_of(closed)[kind] is True
    assert MailChoice.objects.filter(user=closed).exists()


def test_before_the_undo_the_page_says_which_attempt_goes_back_with_what_was_handed_in_since(
    client, chief, people, module
):
    quiz = QuizFactory(item__parent=module, item__titles={"en": "Permits"})
    attempt = start_attempt(actor=people[0].user, quiz=quiz, language="en")
    done = merge(chief, people)
    words = "“Permits”: an attempt begun with this account and handed in after the merge"
    assert all(words not in one.text for one in services.before_undo(done))
    submit_attempt(actor=people[1].user, attempt=Attempt.objects.get(pk=attempt.pk), submission_key=uuid4())
    assert any(words in one.text for one in services.before_undo(done))
    services.undo_merge(actor=chief, merge=done)
    assert Attempt.objects.get(pk=attempt.pk).learner == people[0].user


@pytest.mark.parametrize("number", [2, 30])
def test_noting_what_moves_asks_no_query_for_each_row(chief, people, number):
    for person in people:
        for _each in range(number):
            item = ItemFactory(kind="lesson")
            LessonProgress.objects.create(
                learner=person.user, learner_key=person.user.key, item=item, seen_at=timezone.now()
            )
    with CaptureQueriesContext(connection) as asked:
        merge(chief, people)
    assert len([1 for one in asked if 'FROM "lessons_lessonprogress"' in one["sql"]]) < 10
