"""What this room adds to the admin."""

from core import scoped

from .models import Nomination, Registration
from .viewsets import WorkshopViewSet

scoped.register(WorkshopViewSet("workshops"))
scoped.register_policy(Registration)
scoped.register_policy(Nomination)
