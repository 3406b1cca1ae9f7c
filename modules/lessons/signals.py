"""What higher rooms may hear."""

from django.dispatch import Signal

# user, item: sent after the commit, once for each lesson that becomes done
lesson_done = Signal()
