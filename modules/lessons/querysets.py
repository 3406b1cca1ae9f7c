"""Reading progress."""

from __future__ import annotations

from typing import Any

from django.db import models


class LessonProgressQuerySet(models.QuerySet):
    """Progress rows."""

    def visible_to(self, user: Any) -> LessonProgressQuerySet:
        """A learner's own rows. Trainers see completion facts, not reading habits."""
        return self.filter(learner_key=user.key) if user.is_authenticated else self.none()

    def done(self) -> LessonProgressQuerySet:
        """Those marked done."""
        return self.filter(done_at__isnull=False)


class ModuleFileQuerySet(models.QuerySet):
    """Files of modules. Who may have one is who may read the module: ``views`` asks its page."""

    def current(self) -> ModuleFileQuerySet:
        """Those made of the module as it is now."""
        return self.filter(stamp=models.F("item__changed_at"))
