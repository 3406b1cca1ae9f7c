"""What this room adds to the admin."""

from core import scoped

from .viewsets import PeopleGroup, participant_chooser

scoped.register(participant_chooser)
scoped.register(PeopleGroup())
