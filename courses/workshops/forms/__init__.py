"""Forms of workshops, by concern."""

from .organisations import organisation_formset, organisations_given
from .public import FilterForm
from .running import CancelForm, DoorForm, MessageForm, TrainerForm
from .session import SessionForm
from .workshop import WorkshopForm

__all__ = [
    "CancelForm",
    "DoorForm",
    "FilterForm",
    "MessageForm",
    "SessionForm",
    "TrainerForm",
    "WorkshopForm",
    "organisation_formset",
    "organisations_given",
]
