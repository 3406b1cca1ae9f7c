from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "modules.assessments"
    label = "assessments"
    verbose_name = _("Assessments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.permissions import declare
        from modules.lessons.registry import register_outline_provider

        from .outline import passed_quizzes, quiz_entries
        from .permissions import GROUP_PERMISSIONS

        declare("assessments", GROUP_PERMISSIONS)
        register_outline_provider(quiz_entries, done=passed_quizzes)
