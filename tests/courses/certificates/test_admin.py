"""Templates are written in the admin; the ledger is read there."""

import pytest

from courses.certificates.models import Certificate, CertificateTemplate
from institutions.models import Role
from institutions.services import grant_role
from tests import factories

from .conftest import make_template

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(client, cast):
    client.force_login(cast.organiser)
    return client


def words(language="en", **changes):
    return {
        f"{name}_{language}": value
        for name, value in {
            "heading": "Certificate",
            "statement": "has completed {course}",
            "issuer": "Secretariat",
            "signatory_title": "Head",
            **changes,
        }.items()
    }


def template_data(programme, /, **changes):
    return {
        "key": "new",
        "programme": programme.pk,
        "kind": "completion",
        "signatory_name": "Dr A",
        **words(),
        **changes,
    }


def test_a_template_is_made_with_its_words(organiser, programme):
    response = organiser.post(
        "/admin/certificate-templates/new/", template_data(programme, **words("ar", heading="شهادة"))
    )
    assert response.status_code == 302, response.context["form"].errors
    template = CertificateTemplate.objects.get()
    assert {text.language: text.heading for text in template.texts.all()} == {"en": "Certificate", "ar": "شهادة"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"statement_en": "has completed {curse}"}, "statement_en"),
        ({"heading_en": "", "statement_en": "", "issuer_en": "", "signatory_title_en": ""}, "heading_en"),
        ({"issuer_en": ""}, "issuer_en"),
        ({"statement_en": "x" * 401}, "statement_en"),
        ({"heading_fr": "Certificat"}, "statement_fr"),
        ({"programme": ""}, "programme"),
    ],
)
def test_a_wrong_template_is_shown_again_with_the_error(organiser, programme, changes, field):
    response = organiser.post("/admin/certificate-templates/new/", template_data(programme, **changes))
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not CertificateTemplate.objects.exists()


def test_a_programme_of_others_cannot_be_chosen(organiser):
    response = organiser.post("/admin/certificate-templates/new/", template_data(factories.ProgrammeFactory()))
    assert response.status_code == 200
    assert not CertificateTemplate.objects.exists()


def test_words_are_changed_and_a_language_taken_away(organiser, programme):
    template = make_template(programme=programme)
    data = template_data(programme, **words(heading="New heading"))
    response = organiser.post(f"/admin/certificate-templates/edit/{template.pk}/", data)
    assert response.status_code == 302, response.context["form"].errors
    assert {text.language: text.heading for text in template.texts.all()} == {"en": "New heading"}


def test_a_general_template_is_changed_by_organisers_of_all_only(client, cast):
    template = make_template()
    client.force_login(cast.organiser)
    assert client.post(f"/admin/certificate-templates/edit/{template.pk}/", {}).status_code in (302, 403)
    assert template.texts.count() == 2
    grant_role(actor=None, user=cast.outsider, role=Role.ORGANISER)
    client.force_login(cast.outsider)
    assert client.get(f"/admin/certificate-templates/edit/{template.pk}/").status_code == 200


def test_another_programmes_template_is_404(client, cast, programme):
    template = make_template(programme=programme)
    client.force_login(cast.other_organiser)
    assert client.get(f"/admin/certificate-templates/edit/{template.pk}/").status_code == 404


def test_the_ledger_lists_ones_own_programmes_and_changes_nothing(client, cast, issue):
    certificate = issue().certificate
    client.force_login(cast.organiser)
    assert certificate.serial in client.get("/admin/certificate-ledger/").content.decode()
    for act in ("new/", f"edit/{certificate.pk}/", f"delete/{certificate.pk}/"):
        assert client.post(f"/admin/certificate-ledger/{act}", {"serial": "x"}).status_code in (403, 404)
    assert Certificate.objects.get().serial == certificate.serial
    client.force_login(cast.other_organiser)
    assert certificate.serial not in client.get("/admin/certificate-ledger/").content.decode()
