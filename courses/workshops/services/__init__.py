"""What people do with workshops: plan and run them, register for them, record who was there."""

from .attendance import Mark, record_attendance, record_sheet
from .before import add_prerequisite, remove_prerequisite
from .messages import write_to_registered
from .nominating import nominate, withdraw_nomination
from .planning import (
    add_session,
    add_trainer,
    change_session,
    change_workshop,
    create_workshop,
    recompute_times,
    remove_session,
    remove_trainer,
)
from .registrations import cancel_registration, register, register_at_the_door
from .selecting import (
    confirm_nomination,
    decide_nominations,
    decline_nomination,
    read_nomination,
)
from .states import (
    announce,
    archive_workshop,
    cancel_workshop,
    close_registration,
    hold_past_workshops,
    open_registration,
)

__all__ = [
    "Mark",
    "add_prerequisite",
    "add_session",
    "add_trainer",
    "announce",
    "archive_workshop",
    "cancel_registration",
    "cancel_workshop",
    "change_session",
    "change_workshop",
    "close_registration",
    "confirm_nomination",
    "create_workshop",
    "decide_nominations",
    "decline_nomination",
    "hold_past_workshops",
    "nominate",
    "open_registration",
    "read_nomination",
    "recompute_times",
    "record_attendance",
    "record_sheet",
    "register",
    "register_at_the_door",
    "remove_prerequisite",
    "remove_session",
    "remove_trainer",
    "withdraw_nomination",
    "write_to_registered",
]
