"""What the public check says of a serial number: a pure function from ledger row to verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .models import Certificate


class Verdict(StrEnum):
    """The five answers."""

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What is shown. ``certificate`` is ``None`` when there is none; ``replaced_by`` is a serial."""

    verdict: Verdict
    certificate: Certificate | None = None
    replaced_by: str = ""

    @property
    def tone(self) -> str:
        """How the verdict is coloured: as ``components/verdict.html`` calls it."""
        return {
            Verdict.VALID: "valid",
            Verdict.REVOKED: "revoked",
            Verdict.SUPERSEDED: "replaced",
            Verdict.WITHDRAWN: "replaced",
            Verdict.UNKNOWN: "unknown",
        }[self.verdict]


def answer(certificate: Certificate | None) -> Answer:
    """State comes first: a revoked certificate stays revoked when its name is withdrawn.

    Superseded names the number of the certificate that took its place. A valid one whose holder had
    name and file withdrawn is confirmed as issued, without a name.
    """
    if certificate is None:
        return Answer(Verdict.UNKNOWN)
    if certificate.state == Certificate.State.REVOKED:
        return Answer(Verdict.REVOKED, certificate)
    if certificate.state == Certificate.State.SUPERSEDED:
        newer = certificate.superseded_by
        return Answer(Verdict.SUPERSEDED, certificate, newer.serial if newer else "")
    if certificate.withdrawn_at:
        return Answer(Verdict.WITHDRAWN, certificate)
    return Answer(Verdict.VALID, certificate)
