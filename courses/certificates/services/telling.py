"""The mail that brings a certificate to its holder."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from core import links
from courses.participants.models import Participant
from jobs.services import queue_mail

from ..models import Certificate

LINK = "certificate"
LINK_AGE = timedelta(days=30)
"""How long the signed link in a mail opens the file without an account."""


def address_of(participant: Participant) -> str:
    """Return where to write to, empty for nowhere."""
    return participant.email or (participant.user.email if participant.user else "")


def tell_holder(certificate: Certificate) -> None:
    """Queue the mail that says the certificate is there, if the holder has an address."""
    participant = certificate.participant
    if not (to := address_of(participant)):
        return
    with translation.override(certificate.language):
        if participant.user_id:
            url = settings.BASE_URL + reverse("my_certificates")
        else:
            token = links.make_token(LINK, certificate.serial)
            url = settings.BASE_URL + reverse("certificate_link", args=[token])
        check = settings.BASE_URL + reverse("certificate_check", args=[certificate.serial])
    queue_mail(
        key=f"certificate:{certificate.serial}",
        to=to,
        template="certificates/mail/issued",
        context={
            "name": certificate.name,
            "heading": certificate.printed["heading"],
            "title": certificate.printed["title"],
            "issuer": certificate.printed["issuer"],
            "serial": certificate.serial,
            "url": url,
            "needs_sign_in": bool(participant.user_id),
            "days": LINK_AGE.days,
            "check_url": check,
        },
        language=certificate.language,
    )
