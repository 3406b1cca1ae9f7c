"""The command that compares every file with the ledger."""

import pytest
from django.core.management import CommandError, call_command

from courses.certificates import services

pytestmark = pytest.mark.django_db


def test_it_is_content_when_every_file_is_the_one_issued(issue, capsys):
    issue()
    call_command("check_certificates")
    assert "1 certificates checked" in capsys.readouterr().out


def test_it_names_what_was_altered_or_is_gone(issue):
    certificate = issue().certificate
    certificate.pdf.storage.delete(certificate.pdf.name)
    with pytest.raises(CommandError, match=certificate.serial):
        call_command("check_certificates")


def test_it_finishes_a_withdrawal(cast, issue, capsys):
    certificate = issue().certificate
    services.withdraw_name(actor=cast.learner, certificate=certificate)
    call_command("check_certificates")
    assert "1 withdrawn files removed" in capsys.readouterr().out
