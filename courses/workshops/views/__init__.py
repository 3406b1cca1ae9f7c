"""Pages of this room.

``public`` is for everybody; ``manage``, ``people`` and ``attendance`` for those who run a workshop.
"""
