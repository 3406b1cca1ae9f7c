"""What higher rooms may hear."""

from django.dispatch import Signal

#: Records were made one, or two again: ``participants``, those that stand for themselves now. Sent after the commit.
records_changed = Signal()
