"""What this room adds to the admin."""

from typing import Any

from wagtail import hooks

from core import scoped

from .rich_text import WeighedDocumentLink
from .viewsets import MediaTrackViewSet

scoped.register(MediaTrackViewSet("caption_files"))


@hooks.register("register_rich_text_features", order=10)  # after Wagtail's own, whose place it takes
def weigh_links_to_files(features: Any) -> None:
    """Let links to files tell kind and size."""
    features.register_link_type(WeighedDocumentLink)
