"""Who may work with caption files. Pictures, documents and recordings follow Wagtail's collections."""

from __future__ import annotations

from core.permissions import EDITORS, ORGANISERS

TRACKS = ["add_mediatrack", "change_mediatrack", "delete_mediatrack", "view_mediatrack"]
GROUP_PERMISSIONS = {EDITORS: TRACKS, ORGANISERS: TRACKS}
