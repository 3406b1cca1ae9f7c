"""What somebody of bad will might try."""

import io
import re
import zipfile

import pypdf
import pytest

from courses.certificates import issuing, services
from courses.certificates.models import Certificate
from courses.certificates.render import BatchRenderer
from courses.certificates.wording import plain, statement_parts
from jobs.models import Job

from .test_render import sheet

pytestmark = pytest.mark.django_db

NAMES = [
    "{{ sheet.serial }} {% load static %}",
    "<img src=file:///etc/passwd><script>alert(1)</script>",
    "</p><style>@import 'file:///etc/passwd';</style>",
    '=HYPERLINK("http://evil.example";"x")',
    "../../../../etc/cron.d/evil",
    "..\\..\\windows\\system32",
    "-rf *",
    "@SUM(A1)",
    "name\u202egnp.exe",
    "nul\x00byte\r\nBcc: a@example.org",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_ever_a_name(cast, issue, name):
    cast.learner.participant.name = name.replace("\x00", "")  # the database itself takes no NUL
    cast.learner.participant.save()
    done = issue()
    certificate = done.certificate
    text = pypdf.PdfReader(io.BytesIO(certificate.pdf.read())).pages[0].extract_text()
    assert re.sub(r"\s", "", plain(name)) in re.sub(r"\s", "", text), "printed letter by letter"
    stored = certificate.pdf.name
    assert re.fullmatch(r"certificates/\d{4}/PC-[0-9A-Z-]+[0-9a-f]{8}\.pdf", stored)
    with zipfile.ZipFile(done.batch.archive.open()) as archive:
        for entry in archive.namelist():
            assert entry.startswith(certificate.serial)
            assert not set(entry) & set('/\\=@+*<>|":?\u202e\x00\r\n')
            assert ".." not in entry


def test_the_download_has_a_safe_file_name(cast, issue, client):
    cast.learner.participant.name = 'a"; filename="evil.exe\r\nX-Evil: 1'
    cast.learner.participant.save()
    certificate = issue().certificate
    client.force_login(cast.learner)
    response = client.get(f"/en/my/certificates/{certificate.serial}/pdf/")
    assert "X-Evil" not in response.headers
    assert response["Content-Disposition"].startswith('attachment; filename="PC-')
    assert ".exe" not in response["Content-Disposition"]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/x.png",
        "https://example.org/x.png",
        "data:image/png;base64,aaaa",
        "/etc/passwd",
    ],
)
def test_the_printer_fetches_nothing(url):
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    renderer = BatchRenderer()
    if url.startswith("/"):
        HTML(string=f'<img src="{url}">', url_fetcher=renderer.fetcher).render(font_config=renderer.fonts)
        return  # without a base there is nothing to fetch from
    with pytest.raises(FatalURLFetchingError):
        HTML(string=f'<img src="{url}">', url_fetcher=renderer.fetcher).render(font_config=renderer.fonts)


def test_markup_in_any_text_is_printed_as_text(renderer):
    evil = '<img src="file:///etc/passwd">{{ x }}'
    html = renderer.html(
        sheet(
            name=evil,
            heading=evil,
            title=evil,
            issuer=evil,
            signatory_name=evil,
            statement=((evil, True), (evil, False)),
        )
    )
    assert '<img src="file' not in html
    assert html.count("&lt;img") >= 6
    renderer.pdf(sheet(name=evil, title=evil))


@pytest.mark.parametrize(
    "statement",
    ["{course.__class__.__mro__}", "{0}", "{course!r}", "{hours:>999999999}", "{{course}}", "%(course)s", "${course"],
)
def test_a_statement_knows_three_words_in_braces_and_no_more(statement):
    parts = statement_parts(statement, course="C", hours="H", dates="D")
    text = "".join(part for part, _title in parts)
    assert text == statement.replace("{course}", "C")


# --- other people's things by their address


@pytest.fixture
def theirs(issue):
    return issue()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("learner", 200),
        ("organiser", 200),
        ("outsider", 404),
        ("trainer", 404),
        ("other_trainer", 404),
        ("other_organiser", 404),
        ("focal_point", 404),
        (None, 302),
    ],
)
def test_somebody_elses_certificate_is_404(client, cast, theirs, who, status):
    if who:
        client.force_login(getattr(cast, who))
    assert client.get(f"/en/my/certificates/{theirs.certificate.serial}/pdf/").status_code == status


@pytest.mark.parametrize(
    "address",
    [
        "/en/certificates/issue/cohort/{cohort}/",
        "/en/certificates/batches/{batch}/",
        "/en/certificates/batches/{batch}/certificates.zip",
        "/en/certificates/{serial}/",
        "/en/certificates/{serial}/withdraw/",
        "/en/jobs/{job}/",
    ],
)
@pytest.mark.parametrize("who", ["outsider", "trainer", "other_organiser", "focal_point"])
def test_pages_of_another_programme_are_404(client, cast, completed, theirs, address, who):
    client.force_login(getattr(cast, who))
    url = address.format(
        cohort=completed.pk, batch=theirs.batch.key, serial=theirs.certificate.serial, job=theirs.job.key
    )
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/en/certificates/batches/{batch}/approve/",
        "/en/certificates/batches/{batch}/retry/",
        "/en/certificates/batches/{batch}/pack/",
        "/en/certificates/{serial}/end/",
        "/en/certificates/{serial}/withdraw/",
    ],
)
@pytest.mark.parametrize("who", ["outsider", "trainer", "other_organiser"])
def test_acts_on_another_programme_are_404_and_change_nothing(client, cast, theirs, address, who):
    client.force_login(getattr(cast, who))
    url = address.format(batch=theirs.batch.key, serial=theirs.certificate.serial)
    before = (Job.objects.count(), Certificate.objects.values().get())
    assert client.post(url, {"reason": "x", "act": "revoke"}).status_code == 404
    assert (Job.objects.count(), Certificate.objects.values().get()) == before


def test_a_holder_cannot_revoke_or_reissue(client, cast, theirs):
    client.force_login(cast.learner)
    url = f"/en/certificates/{theirs.certificate.serial}/end/"
    assert client.post(url, {"reason": "x", "act": "supersede"}).status_code == 404
    assert Certificate.objects.get().state == "valid"


def test_an_act_needs_a_post(client, cast, theirs):
    client.force_login(cast.organiser)
    for act in ("approve", "retry", "pack"):
        assert client.get(f"/en/certificates/batches/{theirs.batch.key}/{act}/").status_code == 405
    assert client.get(f"/en/certificates/{theirs.certificate.serial}/end/").status_code == 405


def test_a_post_without_token_is_refused(cast, theirs):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.organiser)
    assert strict.post(f"/en/certificates/{theirs.certificate.serial}/end/", {"reason": "x"}).status_code == 403


def test_a_file_altered_on_the_disk_is_not_handed_out(client, cast, theirs):
    from pathlib import Path

    Path(theirs.certificate.pdf.path).write_bytes(b"%PDF-1.7 another name")
    assert not services.is_unaltered(theirs.certificate)
    client.force_login(cast.learner)
    response = client.get(f"/en/my/certificates/{theirs.certificate.serial}/pdf/")
    assert response.status_code == 409
    assert b"another name" not in response.content


def test_an_altered_file_is_left_out_of_the_zip(theirs):
    from pathlib import Path

    Path(theirs.certificate.pdf.path).write_bytes(b"%PDF-1.7 another name")
    issuing.pack(theirs.job, theirs.batch)
    with zipfile.ZipFile(theirs.batch.archive.open()) as archive:
        assert archive.namelist() == []


def test_a_file_that_is_gone_is_said_to_be_so(client, cast, theirs):
    theirs.certificate.pdf.storage.delete(theirs.certificate.pdf.name)
    client.force_login(cast.learner)
    assert client.get(f"/en/my/certificates/{theirs.certificate.serial}/pdf/").status_code == 409


def test_no_name_reaches_the_log(cast, issue, client, caplog):
    cast.learner.participant.name = "Wangari Unmistakable"
    cast.learner.participant.save()
    certificate = issue().certificate
    certificate.pdf.storage.delete(certificate.pdf.name)
    client.get(f"/en/check/{certificate.serial}/")
    client.get("/en/check/", {"serial": "Wangari Unmistakable"})
    services.is_unaltered(certificate)
    assert "Unmistakable" not in caplog.text
    assert "example.org" not in caplog.text
