from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopsConfig(AppConfig):
    name = "courses.workshops"
    label = "workshops"
    verbose_name = _("Workshops")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.permissions import declare
        from core.personal import register_personal_data, register_retention
        from courses.catalogue.facts import register_provider
        from courses.catalogue.following.reminders import register_digest_part
        from courses.catalogue.models import SyllabusEntry
        from courses.catalogue.prerequisites import register_prerequisite
        from courses.participants.querysets import register_tie
        from courses.participants.services import register_reconciler
        from institutions.activities import ActivityKind, register_activity

        from . import digest, merging, personal
        from .facts import asked, explain, live_session_facts, workshops_of
        from .models import Workshop
        from .permissions import GROUP_PERMISSIONS, people_of_workshops
        from .prerequisites import WORKSHOP

        declare("workshops", GROUP_PERMISSIONS)
        register_activity(
            ActivityKind(
                "workshop", Workshop._meta.verbose_name_plural, lambda: Workshop.objects.prefetch_related("texts")
            )
        )
        register_tie(people_of_workshops)
        register_digest_part(digest.coming_sessions)
        register_personal_data(
            "workshops",
            title=_("My workshops"),
            models=[
                "workshops.Nomination.participant",
                "workshops.Registration.participant",
                "workshops.Attendance.participant",
                "workshops.WorkshopTrainer.user",
            ],
            acts=[
                "workshops.Workshop.created_by",
                "workshops.Nomination.nominated_by",
                "workshops.Nomination.decided_by",
                "workshops.Attendance.recorded_by",
            ],
            export=personal.export,
            erase=personal.erase,
        )
        register_retention(
            "nominations",
            title=_("Nominations that came to nothing"),
            default_days=730,
            due=personal.forgotten_nominations,
            purge=personal.forget_nominations,
        )
        register_retention(
            "nominees",
            title=_("Words and addresses in confirmed nominations"),
            default_days=730,
            due=personal.kept_nominations,
            purge=personal.empty_nominations,
        )
        register_prerequisite("workshop", WORKSHOP)
        register_reconciler(
            "workshops.Registration",
            merging.reconcile_registrations,
            tell=merging.tell_registrations,
            comes_back=merging.registrations_back,
        )
        register_reconciler(
            "workshops.Nomination",
            merging.reconcile_nominations,
            stays=_("The nomination that came further stays."),
            comes_back=merging.nominations_back,
        )
        register_reconciler(
            "workshops.Attendance", merging.reconcile_attendance, stays=_("The longer attendance stays.")
        )
        register_provider(
            SyllabusEntry.Kind.LIVE_SESSION,
            live_session_facts,
            explain=explain,
            action=_("Find a workshop"),
            url=workshops_of,
            describe=asked,
            measures=("percent", "days", "count"),
        )
