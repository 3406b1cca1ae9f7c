from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "modules.assessments"
    label = "assessments"
    verbose_name = _("Assessments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from functools import partial

        from django.db.models.signals import post_delete, post_save

        from accounts.joining import register_belongings
        from core.caching import renew
        from core.permissions import declare
        from core.personal import register_personal_data
        from jobs.services import register_handler
        from modules.lessons.registry import register_copier, register_outline_provider

        from . import joining, paper, personal
        from .models import Quiz, QuizText
        from .outline import passed_quizzes, quiz_entries
        from .permissions import GROUP_PERMISSIONS
        from .services import bringing, marking, regrading
        from .services.copying import copy_quizzes

        declare("assessments", GROUP_PERMISSIONS)
        for model in (Quiz, QuizText):
            for changed in (post_save, post_delete):
                told = partial(renew, paper.QUIZZES)
                changed.connect(told, sender=model, weak=False, dispatch_uid=f"paper-{model.__name__}")
        title = _("Bringing questions in")
        register_handler(bringing.CHECK_JOB, bringing.check, title=title, url=bringing.import_url)
        register_handler(bringing.WRITE_JOB, bringing.write, title=title, url=bringing.import_url)
        register_handler(regrading.JOB, regrading.regrade, title=_("Regrading"))
        register_handler(marking.RELEASE_JOB, marking.release, title=_("Releasing results"), url=marking.released_url)
        register_personal_data(
            "attempts",
            title=_("Quizzes I took"),
            models=["assessments.Attempt.learner", "assessments.TimeAllowance.learner"],
            acts=[
                "assessments.QuestionVersion.created_by",
                "assessments.QuestionImport.created_by",
                "assessments.TimeAllowance.granted_by",
                "assessments.Mark.by",
            ],
            export=personal.export,
            files=personal.files,
            erase=personal.erase,
        )
        register_belongings(
            "assessments.Attempt",
            field="learner",
            title=_("Attempts at quizzes"),
            join=joining.join_attempts,
            twice=joining.attempts_twice,
            goes_back=joining.handed_in_since,
        )
        register_belongings(
            "assessments.TimeAllowance",
            field="learner",
            title=_("Extra time in quizzes"),
            join=joining.join_allowances,
            twice=joining.allowances_twice,
        )
        register_outline_provider(quiz_entries, done=passed_quizzes)
        register_copier(copy_quizzes)
