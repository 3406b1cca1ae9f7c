"""What higher rooms may hear."""

from django.dispatch import Signal

# enrolment, actor
enrolled = Signal()
