from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LessonsConfig(AppConfig):
    name = "modules.lessons"
    label = "lessons"
    verbose_name = _("Lessons")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.personal import register_personal_data

        from . import items, personal

        items.connect()
        register_personal_data(
            "reading",
            title=_("Lessons I read"),
            models=["lessons.LessonProgress.learner"],
            export=personal.export,
            erase=personal.erase,
        )
