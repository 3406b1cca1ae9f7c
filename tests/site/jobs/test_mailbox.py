"""On a newcomer's machine every mail can be read."""

import pytest
from django.core.mail import EmailMessage, get_connection

from jobs import running
from jobs.models import OutboxMail
from jobs.services import message_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def row():
    return OutboxMail.objects.create(
        key="k",
        to="amina@example.org",
        subject="أهلا بك",
        text="Follow https://campus.example.org/en/account/confirm/abc/ please\n<script>alert(1)</script>",
        language="ar",
        headers={"Message-ID": message_id("k")},
    )


def test_an_empty_mailbox_says_what_to_do(client):
    assert b"No mail yet" in client.get("/mailbox/").content


def test_a_mail_waiting_in_the_outbox_is_listed_and_its_links_can_be_followed(client, row):
    assert "أهلا بك" in client.get("/mailbox/").content.decode()
    html = client.get(f"/mailbox/outbox-{row.pk}/").content.decode()
    assert 'href="https://campus.example.org/en/account/confirm/abc/"' in html
    assert "<script>alert" not in html


def test_a_mail_sent_through_the_outbox_is_listed_once(client, row, folder):
    running.deliver(row.pk)
    assert list(folder.glob("*.log"))
    html = client.get("/mailbox/").content.decode()
    assert html.count("أهلا بك") == 1
    assert "amina@example.org" in html


def test_a_mail_sent_beside_the_outbox_is_listed_too(client):
    EmailMessage(
        "Straight – naïve",
        "Привет https://example.org/x",
        "a@example.org",
        ["b@example.org"],
        connection=get_connection(),
    ).send()
    html = client.get("/mailbox/").content.decode()
    assert "Straight – naïve" in html
    ident = html.split("/mailbox/file-")[1].split("/")[0]
    assert "Привет" in client.get(f"/mailbox/file-{ident}/").content.decode()


@pytest.mark.parametrize("ident", ["outbox-999999", "file-nothing", "..%2F..%2Fetc%2Fpasswd"])
def test_an_unknown_mail_is_404(client, ident):
    assert client.get(f"/mailbox/{ident}/").status_code == 404
