"""Where both records have an account: every field that leads to an account moves, stays, or is refused, and comes back.

**A new field that points to an account, or holds its key, has to be named here**: rows that move have a maker.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts.joining import belongings
from accounts.models import User
from core.personal import holdings
from courses.participants import services
from courses.participants.models import DataNotice, Merge, NoticeReceipt
from jobs.models import MailChoice
from modules.assessments.models import Attempt, TimeAllowance
from modules.lessons.models import LessonProgress
from tests.factories import ItemFactory, ParticipantFactory, QuizFactory, UserFactory

from .test_merge_walk import MAKERS as OF_THE_RECORD
from .test_merge_walk import Things as OfTheRecord
from .test_merge_walk import everything as all_rows

pytestmark = pytest.mark.django_db
EARLY = datetime(2026, 3, 1, tzinfo=UTC)
LATE = datetime(2026, 4, 1, tzinfo=UTC)


class Things:
    """What both accounts may have to do with."""

    def __init__(self):
        self.lesson, self.other = ItemFactory(kind="lesson"), ItemFactory(kind="lesson")
        self.quiz = QuizFactory(grade_rule="mean", time_limit=30)
        self.notice = DataNotice.objects.create(version=7, published_on=EARLY.date())


def read(user, things, stronger):
    row = LessonProgress.objects.create(
        learner=user,
        learner_key=user.key,
        item=things.lesson,
        seen_at=EARLY if stronger else LATE,
        done_at=EARLY if stronger else None,
        place="" if stronger else "7c9e6679-7425-40de-944b-e07fc1f90ae7.3",
        place_at=EARLY if stronger else LATE,
        revision=4 if stronger else None,
        language="fr" if stronger else "en",
    )
    LessonProgress.objects.filter(pk=row.pk).update(started_at=LATE - timedelta(days=9))
    return row


def attempt(user, things, stronger, **fields):
    number = Attempt.objects.filter(quiz=things.quiz, learner_key=user.key).count() + 1
    row = Attempt.objects.create(
        **{
            "learner": user,
            "learner_key": user.key,
            "quiz": things.quiz,
            "number": number,
            "seed": 1,
            "state": "graded",
            "percent": Decimal(90 if stronger else 40),
            "passed": stronger,
            **fields,
        }
    )
    Attempt.objects.filter(pk=row.pk).update(started_at=(EARLY if stronger else LATE) + timedelta(days=number))
    return row


def attempts(user, things, stronger):
    first = attempt(user, things, stronger)
    attempt(user, things, stronger)
    attempt(user, things, stronger, state="open", percent=None, passed=None, deadline_at=timezone.now())
    return first


MAKERS = {
    "lessons.LessonProgress.learner": read,
    "assessments.Attempt.learner": attempts,
    "assessments.TimeAllowance.learner": lambda user, things, stronger: TimeAllowance.objects.create(
        learner=user,
        learner_key=user.key,
        quiz=things.quiz,
        minutes=20 if stronger else None,
        percent=None if stronger else 50,
        reason=f"Of {user.pk}",
    ),
    "jobs.MailChoice.user": lambda user, things, stronger: MailChoice.objects.create(
        user=user, kind="reminders", wanted=not stronger, changed_at=EARLY
    ),
    "participants.NoticeReceipt.user": lambda user, things, stronger: NoticeReceipt.objects.create(
        user=user, notice=things.notice
    ),
}
STAYS = {
    "account.EmailAddress.user",  # an organiser's word gives nobody a key to an account
    "accounts.SignInSlip.user",  # opens nothing, once the account is closed
    "accounts.User.joined_to",  # an account joined to this one earlier is joined to the new one through it
    "core.AuditEntry.actor",  # what was done was done from that account
    "mfa.Authenticator.user",
    "privacy.DataExport.user",  # archives go by themselves within days
    "records.Event.actor",  # append-only: it happened under that account
    "usersessions.UserSession.user",  # ended
}
REFUSED = {
    "accounts.User_groups.user",  # staff
    "accounts.User_user_permissions.user",
    "catalogue.CohortTrainer.user",
    "catalogue.RuleDraft.user",
    "institutions.RoleAssignment.user",
    "privacy.ErasureRequest.user",
    "workshops.WorkshopTrainer.user",
}
"""Of people with a role, or about to be erased: such accounts are not joined."""
OF_THE_PERSON = {"participants.Participant.user"}
KEYS = {
    "lessons.LessonProgress.learner_key": "lessons.LessonProgress.learner",
    "assessments.Attempt.learner_key": "assessments.Attempt.learner",
    "assessments.TimeAllowance.learner_key": "assessments.TimeAllowance.learner",
    "records.Event.actor_key": "records.Event.actor",
}
ALL = sorted(MAKERS)
SIDES = ["source", "into"]


@pytest.fixture
def pair():
    return [ParticipantFactory(name="Amina Diallo", user=UserFactory()) for _each in range(2)]


@pytest.fixture
def things():
    return Things()


def everything():
    """All rows, column by column, but the mails that tell of it."""
    return {key: row for key, row in all_rows().items() if key[0] != "jobs.OutboxMail"}


def merge(pair, **options):
    return services.merge_participants(actor=None, source=pair[0], into=pair[1], **options)


def undo():
    services.undo_merge(actor=None, merge=Merge.objects.get())


def sides(pair, account):
    """The account that is closed, and the one that is kept."""
    users = [person.user for person in pair]
    return users if account == "into" else users[::-1]


def test_every_field_that_leads_to_an_account_moves_stays_or_is_refused():
    acts = {name for holding in holdings() for name in holding.acts}
    data = {name for holding in holdings() for name in holding.models}
    of_accounts = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is User
    }
    assert of_accounts & data == set(MAKERS) | STAYS | REFUSED | OF_THE_PERSON
    assert not acts & (set(MAKERS) | REFUSED)
    keys = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField) and field.name.endswith(("learner_key", "actor_key", "user_key"))
    }
    assert keys == set(KEYS)
    assert set(KEYS.values()) <= set(MAKERS) | STAYS


def test_what_moves_is_what_the_rooms_have_registered():
    assert {f"{kind.label}.{kind.field}" for kind in belongings()} == set(MAKERS)


@pytest.mark.parametrize("account", SIDES)
@pytest.mark.parametrize("name", ALL)
def test_it_moves_and_comes_back(name, pair, things, account):
    closed, kept = sides(pair, account)
    row = MAKERS[name](closed, things, True)
    before = everything()
    merge(pair, account=account)
    row.refresh_from_db()
    assert getattr(row, name.rpartition(".")[2]) == kept
    if hasattr(row, "learner_key"):
        assert row.learner_key == kept.key
    undo()
    assert everything() == before


@pytest.mark.parametrize("account", SIDES)
@pytest.mark.parametrize("stronger", SIDES)
@pytest.mark.parametrize("name", ALL)
def test_where_both_have_it_undoing_restores_both_to_the_last_column(name, pair, things, stronger, account):
    for person, side in zip(pair, SIDES, strict=True):
        MAKERS[name](person.user, things, stronger == side)
    before = everything()
    merge(pair, account=account)
    undo()
    assert everything() == before


@pytest.mark.parametrize("account", SIDES)
@pytest.mark.parametrize("stronger", SIDES)
def test_all_of_it_at_once_with_all_of_the_records_comes_back(pair, things, stronger, account):
    of_the_record = OfTheRecord()
    for person, side in zip(pair, SIDES, strict=True):
        for maker in MAKERS.values():
            maker(person.user, things, stronger == side)
        for name, maker in OF_THE_RECORD.items():
            if not name.startswith("privacy."):
                maker(person, of_the_record, stronger == side)
    before = everything()
    merge(pair, account=account)
    undo()
    assert everything() == before


@pytest.mark.parametrize("account", SIDES)
@pytest.mark.parametrize("name", ALL)
def test_the_preview_tells_what_the_merge_then_does(name, pair, things, account):
    closed, kept = sides(pair, account)
    for user in (closed, kept):
        MAKERS[name](user, things, user is closed)
    kind = next(one for one in belongings() if f"{one.label}.{one.field}" == name)
    told = services.preview_merge(actor=None, source=pair[0], into=pair[1], account=account).accounts
    assert (told.kept, told.closed) == (kept, closed)
    assert told.twice
    assert all(one.kind and one.closed and one.kept and one.stays for one in told.twice)
    had = kind.of(kept).count()
    merge(pair, account=account)
    assert kind.of(kept).count() == had + dict(told.moved).get(str(kind.title), 0)


def test_the_preview_asks_as_many_queries_for_fifty_lessons_as_for_two(pair, things):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries():
        with CaptureQueriesContext(connection) as asked:
            services.preview_merge(actor=None, source=pair[0], into=pair[1])
        return len(asked)

    def learn(number):
        for _each in range(number):
            things.lesson = ItemFactory(kind="lesson")
            for person in pair:
                read(person.user, things, False)

    learn(2)
    few = queries()
    learn(48)
    assert queries() == few
