"""What this room tells the rooms above."""

from django.dispatch import Signal

#: Somebody signed in by a printed slip: ``user``.
slip_used = Signal()
