"""Admin screen of caption files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import scoped

from .forms import MediaTrackForm
from .models import MediaTrack


class MediaTrackViewSet(scoped.ScopedModelViewSet):
    """Captions and subtitles of recordings."""

    model = MediaTrack
    icon = "openquote"
    menu_label = _("Captions")
    menu_order = 320
    add_to_admin_menu = True
    delete_view_enabled = True
    list_display = ["media", "kind", "language"]
    list_filter = ["language", "kind"]
    search_fields = ["media__title"]

    def get_form_class(self, for_update: bool = False) -> type:
        return MediaTrackForm
