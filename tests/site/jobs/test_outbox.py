"""A mail goes out once, in the reader's language, and its errors are kept."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.utils import timezone

from jobs import running, services
from jobs.models import OutboxMail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def letters(settings, tmp_path):
    """A mail template of our own."""
    folder = tmp_path / "templates" / "test"
    folder.mkdir(parents=True)
    (folder / "letter_subject.txt").write_text("Welcome,\n {{ name }}\n")
    (folder / "letter.txt").write_text("Dear {{ name }}\n{% load i18n %}{% translate 'English' %}\n")
    (folder / "letter.html").write_text(
        "{% extends 'jobs/mail.html' %}{% block content %}<p>Dear {{ name }}</p>{% endblock %}"
    )
    (folder / "plain_subject.txt").write_text("Plain")
    (folder / "plain_message.txt").write_text("Only text")
    templates = [dict(engine) for engine in settings.TEMPLATES]
    templates[0]["DIRS"] = [*templates[0]["DIRS"], tmp_path / "templates"]
    settings.TEMPLATES = templates


def queue(key="a", template="test/letter", to="amina@example.org", **fields):
    return services.queue_mail(key=key, to=to, template=template, context={"name": "Amina <O'Neil>"}, **fields)


def answer(monkeypatch, error):
    def send(self, *args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", send)


def test_the_same_key_twice_is_one_mail():
    assert queue() == queue(to="other@example.org")
    assert OutboxMail.objects.count() == 1


def test_a_mail_is_sent_once():
    row = queue()
    running.deliver(row.pk)
    assert running.deliver(row.pk) is None
    assert len(django_mail.outbox) == 1
    row.refresh_from_db()
    assert row.state == OutboxMail.State.SENT
    assert row.sent_at is not None


def test_text_is_not_escaped_and_html_is():
    row = queue()
    assert row.subject == "Welcome, Amina <O'Neil>"
    assert "Amina <O'Neil>" in row.text
    assert "<O'Neil>" not in row.html
    assert "&lt;O&#x27;Neil&gt;" in row.html


def test_a_mail_says_that_a_machine_wrote_it():
    running.deliver(queue(language="fr", headers={"List-Unsubscribe": "<https://example.org/no>"}).pk)
    message = django_mail.outbox[0]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.extra_headers["Content-Language"] == "fr"
    assert message.extra_headers["List-Id"]
    assert message.extra_headers["List-Unsubscribe"] == "<https://example.org/no>"
    assert message.message()["Message-ID"] == services.message_id("a")


def test_a_mail_is_written_in_the_persons_language_and_direction():
    row = queue(language="ar")
    assert '<html lang="ar" dir="rtl">' in row.html
    assert row.language == "ar"
    assert "الإنجليزي" in row.text


def test_a_template_without_html_gives_a_mail_of_text_only():
    row = queue(template="test/plain")
    assert (row.text, row.html) == ("Only text\n", "")


def test_an_error_that_may_pass_is_tried_again_later_and_kept(monkeypatch):
    row = queue()
    answer(monkeypatch, smtplib.SMTPDataError(451, b"try later"))
    running.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == OutboxMail.State.QUEUED
    assert "451" in row.error
    assert row.due_at > timezone.now() + timedelta(seconds=50)
    assert running.deliver(row.pk) is None, "not before it is due"


def test_a_mail_is_given_up_after_the_last_attempt(monkeypatch):
    row = queue()
    answer(monkeypatch, ConnectionRefusedError("no server"))
    for _attempt in range(len(running.MAIL_PAUSES) + 1):
        OutboxMail.objects.update(due_at=timezone.now())
        running.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == OutboxMail.State.FAILED
    assert "ConnectionRefusedError" in row.error


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"amina@example.org": (550, b"no such user")}),
        smtplib.SMTPDataError(554, b"spam"),
        django_mail.BadHeaderError("newline"),
    ],
)
def test_an_error_that_will_not_pass_ends_it_at_once(monkeypatch, error):
    row = queue()
    answer(monkeypatch, error)
    running.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (OutboxMail.State.FAILED, 1)


def test_a_line_break_in_an_address_sends_nothing():
    row = queue(to="amina@example.org\nBcc: everybody@example.org")
    running.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == OutboxMail.State.FAILED
    assert django_mail.outbox == []


def test_a_mail_whose_worker_died_while_sending_is_marked_and_not_repeated():
    row = queue()
    OutboxMail.objects.update(state=OutboxMail.State.SENDING, lease_until=timezone.now() - timedelta(seconds=1))
    assert running.sweep()["doubtful"] == 1
    row.refresh_from_db()
    assert row.state == OutboxMail.State.FAILED
    assert running.deliver(row.pk) is None


def test_the_sweeper_finds_a_mail_whose_message_was_lost_and_sends_one(monkeypatch):
    row = queue()
    sent = []
    monkeypatch.setattr(running, "hint", lambda *message: sent.append(message))
    assert running.sweep()["mails"] == 0, "its message may still be under way"
    OutboxMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    running.sweep()
    running.sweep()
    assert sent == [("jobs.tasks.send_mail", row.pk)]


def test_a_mail_of_a_transaction_that_is_undone_is_not_sent():
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        1 / 0
    assert not OutboxMail.objects.exists()


def test_work_off_sends_what_is_due():
    queue()
    queue(key="b")
    OutboxMail.objects.filter(key="b").update(due_at=timezone.now() + timedelta(hours=1))
    assert running.work_off() == 1
    assert len(django_mail.outbox) == 1


def test_no_address_reaches_the_log(monkeypatch, caplog):
    answer(monkeypatch, smtplib.SMTPRecipientsRefused({"amina@example.org": (550, b"no such user")}))
    running.deliver(queue().pk)
    assert "amina" not in caplog.text
