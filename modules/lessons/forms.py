"""The editor's form of a lesson."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from modules.records.models import Item


class LessonPageForm(WagtailAdminPageForm):
    """Asks what a change means to those who have done the lesson.

    Not before the first publication, when nobody has. A translation gives only its own words for the change, and with
    them says that its text has it: what it means is decided where the lesson was written first.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        page = self.instance
        item = Item.objects.filter(key=page.translation_key).first() if page.first_published_at else None
        last = item.versions.order_by("number").last() if item else None
        self.said_last = last.notes.get(page.locale.language_code, "") if last else ""
        if item is None:
            self.fields.pop("change", None)
            self.fields.pop("change_note", None)
            return
        if page.live and not page.has_unpublished_changes:  # what was said last time is done with
            self.initial |= {"change": "minor", "change_note": ""}
        if item.source_language != page.locale.language_code:
            self.fields.pop("change", None)
            self._tell_what_is_lacking(item)

    def _tell_what_is_lacking(self, item: Item) -> None:
        """Tell a translator which changes of the original this text is not known to have."""
        from .versions import changes_of, since, version_in  # they need the models, which need this form

        version = version_in(item, self.instance.locale.language_code)
        changes = changes_of([(item, item.source_language)], item.source_language).get(item.pk, ())
        if (lacking := since(version, changes)) and "change_note" in self.fields:
            self.fields["change_note"].help_text = _(
                "The original has changed: %(changes)s As soon as this text has it too, say here in one sentence what"
                " changed: those who have done the lesson read it. Until then this text counts as version %(version)s."
            ) % {"changes": " ".join(lacking), "version": version}

    def clean(self) -> dict[str, Any]:
        """Ask for a sentence about a major change."""
        cleaned = super().clean()
        note = cleaned.get("change_note", "").strip()
        if cleaned.get("change") == "major" and not note:
            self.add_error(
                "change_note", _("Say in one sentence what changed. Those who have done the lesson read it.")
            )
        elif cleaned.get("change") == "major" and note == self.said_last:  # which would make no new version
            self.add_error("change_note", _("That was said of the change before. Say what changed this time."))
        return cleaned
