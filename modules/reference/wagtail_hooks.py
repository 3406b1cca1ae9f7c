"""What this room adds to the admin."""

from core import scoped

from .viewsets import TermViewSet

scoped.register(TermViewSet("glossary_terms"))
