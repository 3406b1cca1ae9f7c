"""What higher rooms may hear."""

from django.dispatch import Signal

# attempt: sent after the commit, once for each attempt that is graded
attempt_graded = Signal()
