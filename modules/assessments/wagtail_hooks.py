"""What this room adds to the admin."""

from core import scoped

from .viewsets import AssessmentsGroup

scoped.register(AssessmentsGroup())
