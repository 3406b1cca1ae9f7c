"""What this room adds to the admin."""

from core import scoped

from .viewsets import MediaTrackViewSet

scoped.register(MediaTrackViewSet("caption_files"))
