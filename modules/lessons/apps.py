from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LessonsConfig(AppConfig):
    name = "modules.lessons"
    label = "lessons"
    verbose_name = _("Lessons")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.joining import register_belongings
        from core.personal import register_personal_data
        from jobs.services import register_handler

        from . import items, joining, personal
        from .takeaway import making

        items.connect()
        register_handler(making.JOB, making.make_file, title=_("Making a file of the module"), url=making.module_url)
        register_personal_data(
            "reading",
            title=_("Lessons I read"),
            models=["lessons.LessonProgress.learner"],
            export=personal.export,
            erase=personal.erase,
        )
        register_belongings(
            "lessons.LessonProgress",
            field="learner",
            title=_("Lessons opened"),
            join=joining.join,
            twice=joining.twice,
        )
