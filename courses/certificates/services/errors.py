"""Why an act on a certificate is refused."""

from __future__ import annotations

from core.errors import DomainError


class NotAllowed(DomainError):
    """Somebody else's programme, or one's own certificate."""


class TemplateUnsuitable(DomainError):
    """The template is archived, of another programme, or for another kind of subject."""


class NobodyChosen(DomainError):
    """A batch without people."""


class NotComplete(DomainError):
    """Somebody chosen does not meet the requirements, or has the certificate already."""


class OwnCertificate(DomainError):
    """Nobody certifies themselves."""


class NotWaiting(DomainError):
    """The batch does not wait for an approval."""


class NotValid(DomainError):
    """Only a valid certificate can be revoked or replaced."""


class ReasonMissing(DomainError):
    """An act that needs a reason."""


class AlreadyWithdrawn(DomainError):
    """Name and file are gone already."""
