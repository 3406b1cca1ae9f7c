"""What cannot be done about one's data."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import DomainError


class ExportRunning(DomainError):
    """An archive is being made."""

    def __init__(self) -> None:
        super().__init__(_("Your data is already being collected. We write to you when it is ready."))


class TooManyExports(DomainError):
    """Archives are made only so often."""

    def __init__(self) -> None:
        super().__init__(_("You have asked for your data several times today. Please come back tomorrow."))


class HoldsRole(DomainError):
    """Whoever still holds a role cannot vanish."""

    def __init__(self) -> None:
        super().__init__(
            _("You hold a role on this platform. Ask an organiser to end it; then you can have your data erased.")
        )


class AlreadyAsked(DomainError):
    """There is a request already."""

    def __init__(self) -> None:
        super().__init__(_("You have asked for this already."))


class NothingToUndo(DomainError):
    """There is no request that could be taken back."""

    def __init__(self) -> None:
        super().__init__(_("There is no erasure planned that could be taken back."))


class NotByLetter(DomainError):
    """Somebody with an account asks by themselves; only organisers of all act on letters."""

    def __init__(self) -> None:
        super().__init__(_("This record cannot be erased on request: it has an account, is merged or erased already."))


class NotVouchedFor(DomainError):
    """Nothing is erased before somebody made sure who asks."""

    def __init__(self) -> None:
        super().__init__(_("Say how you made sure who asks, why, and where the letter is kept."))
