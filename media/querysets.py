"""Who sees which caption file."""

from __future__ import annotations

from typing import Any

from django.db import models


class MediaTrackQuerySet(models.QuerySet):
    """Captions and subtitles."""

    def visible_to(self, user: Any) -> MediaTrackQuerySet:
        """All for those who write content, as with the recordings themselves."""
        from institutions.models import Role
        from institutions.permissions import organises_a_programme
        from institutions.roles import holds

        return self.all() if holds(user, Role.EDITOR) or organises_a_programme(user) else self.none()
