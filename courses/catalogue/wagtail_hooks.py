"""The catalogue in the admin."""

from core import scoped

from .viewsets import CatalogueGroup

scoped.register(CatalogueGroup())
