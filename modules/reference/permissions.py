"""Who may do what with the glossary."""

from __future__ import annotations

from core.permissions import EDITORS, ORGANISERS, TRAINERS

WRITERS = ["add_term", "change_term", "delete_term", "view_term"]
GROUP_PERMISSIONS = {EDITORS: WRITERS, ORGANISERS: WRITERS, TRAINERS: ["view_term"]}
