"""Errors that people meet."""

from __future__ import annotations


class DomainError(Exception):
    """Something the rules do not allow. ``str(error)`` is a sentence for the user, in their language."""
