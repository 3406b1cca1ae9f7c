"""What this room adds to the admin."""

from django.utils.translation import gettext_lazy as _

from core import scoped

from .viewsets import PeopleGroup, SeenReport, participant_chooser

scoped.register(participant_chooser)
scoped.register(PeopleGroup())
scoped.register_report(SeenReport, "seen", _("Who saw personal data"), icon="view")
