"""Who sees which caption file."""

from __future__ import annotations

from typing import Any

from django.db import models


class MediaTrackQuerySet(models.QuerySet):
    """Captions and subtitles."""

    def visible_to(self, user: Any) -> MediaTrackQuerySet:
        """All for those who write content, as with the recordings themselves."""
        from institutions.models import Role
        from institutions.roles import holds

        return self.all() if holds(user, Role.EDITOR, Role.ORGANISER) else self.none()
