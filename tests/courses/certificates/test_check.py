"""Anybody can ask whether a certificate is valid."""

import pytest
import time_machine
from django.core.cache import cache

from courses.certificates import services
from courses.certificates.models import Certificate

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "ar", "es", "fr", "ru", "zh-hans"]


def page(client, serial, language="en"):
    response = client.get(f"/{language}/check/{serial}/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_valid_certificate_is_said_to_be_valid_with_what_stands_on_it(client, cast, issue):
    certificate = issue().certificate
    html = page(client, certificate.serial)
    assert "This certificate is valid" in html
    for part in (certificate.name, "Legal frameworks", "3 March – 12 May 2026", certificate.serial, certificate.sha256):
        assert part in html
    assert "verdict--valid" in html
    assert cast.learner.email not in html


def test_a_revoked_one_is_said_to_be_revoked_without_name_and_reason(client, cast, issue):
    certificate = issue().certificate
    services.revoke(actor=cast.organiser, certificate=certificate, reason="Issued by mistake to the wrong person")
    html = page(client, certificate.serial)
    assert "This certificate has been revoked" in html
    assert certificate.name not in html
    assert "mistake" not in html


def test_a_replaced_one_leads_to_its_successor(client, cast, issue):
    old = issue().certificate
    new = services.supersede(actor=cast.organiser, certificate=old, reason="Name misspelt")
    html = page(client, old.serial)
    assert "This certificate has been replaced" in html
    assert f"/en/check/{new.serial}/" in html
    assert "This certificate is valid" in page(client, new.serial)


def test_a_withdrawn_one_is_confirmed_without_a_name(client, cast, issue):
    certificate = issue().certificate
    name = certificate.name
    services.withdraw_name(actor=cast.learner, certificate=certificate)
    html = page(client, certificate.serial)
    assert "its holder has withdrawn the name" in html
    assert name not in html
    assert certificate.sha256 not in html


def test_a_revoked_one_stays_revoked_when_the_name_is_withdrawn(client, cast, issue):
    certificate = issue().certificate
    services.revoke(actor=cast.organiser, certificate=certificate, reason="x")
    services.withdraw_name(actor=cast.learner, certificate=certificate)
    assert "has been revoked" in page(client, certificate.serial)


def test_an_unknown_one_is_said_to_be_unknown(client):
    html = page(client, services.serial_for("never issued", 2026))
    assert "We know no certificate with this number" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_shown_in_every_language(client, cast, issue, language):
    certificate = issue().certificate
    assert "verdict--valid" in page(client, certificate.serial, language)
    services.revoke(actor=cast.organiser, certificate=certificate, reason="x")
    assert "verdict--revoked" in page(client, certificate.serial, language)
    assert "verdict--unknown" in page(client, services.serial_for("never issued", 2026), language)


def test_the_form_leads_to_the_verdict_however_the_number_is_typed(client, issue):
    certificate = issue().certificate
    response = client.get("/en/check/", {"serial": certificate.serial.lower().replace("-", " ")})
    assert response.url == f"/en/check/{certificate.serial}/"
    response = client.get("/en/check/", {"serial": f"https://campus.example.org/c/{certificate.serial}"})
    assert response.url == f"/en/check/{certificate.serial}/"


@pytest.mark.parametrize("typed", ["", "   ", "PC-2026", "Amina", "PC-2026-7GHK-Q2RM-90TY", "x" * 300, "<script>"])
def test_a_number_that_cannot_be_is_shown_again_with_the_error(client, typed):
    response = client.get("/en/check/", {"serial": typed})
    assert response.status_code == 200
    html = response.content.decode()
    assert "<form" in html
    assert 'aria-invalid="true"' in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("header", "language"), [("fr", "fr"), ("zh-CN", "zh-hans"), ("ar-EG,en;q=0.5", "ar"), ("sw", "en"), ("", "en")]
)
def test_the_address_in_the_qr_code_leads_to_the_viewers_language(client, issue, header, language):
    certificate = issue().certificate
    response = client.get(f"/c/{certificate.serial}", headers={"Accept-Language": header})
    assert response.url == f"/{language}/check/{certificate.serial}/"
    assert client.get("/check/", headers={"Accept-Language": header}).url == f"/{language}/check/"


def test_a_damaged_short_address_leads_to_the_form_with_what_was_read(client):
    response = client.get("/c/PC-2026-7GHK", follow=True)
    assert response.status_code == 200
    assert "PC-2026-7GHK" in response.content.decode()


@time_machine.travel("2026-05-12T10:00:05Z", tick=False)  # a slow machine must not slip into the next minute
def test_who_asks_too_often_is_told_so(client, settings):
    settings.RATELIMIT_ENABLE = True
    cache.clear()
    serial = services.serial_for("never issued", 2026)
    answers = [client.get(f"/en/check/{serial}/").status_code for _number in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429
    response = client.get(f"/ar/check/{serial}/")
    assert response["Retry-After"] == "60"
    assert client.get("/en/check/").status_code == 200, "the empty form costs nothing"
    assert client.get(f"/en/check/{serial}/", REMOTE_ADDR="198.51.100.7").status_code == 200
    cache.clear()


def test_it_takes_few_queries_and_is_not_kept_by_caches(client, issue, django_assert_max_num_queries):
    certificate = issue().certificate
    client.get(f"/en/check/{certificate.serial}/")
    with django_assert_max_num_queries(6):
        response = client.get(f"/en/check/{certificate.serial}/")
    assert "no-store" in response["Cache-Control"]
    assert b'name="robots" content="noindex"' in response.content


def test_nothing_can_be_sent_to_it(client):
    assert client.post("/en/check/", {"serial": "x"}).status_code == 405
    assert not Certificate.objects.exists()
