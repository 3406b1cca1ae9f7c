"""Tags for the form of a completion rule."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..editor import Editor, Node

register = template.Library()


@register.simple_tag
def rule_options(editor: Editor, node: Node) -> SafeString:
    """Return the options of what a requirement can ask for, by kind; a choice that is gone stays in the list."""
    groups = []
    known = not node.pick
    for choice in editor.choices:
        kind = choice["kind"]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], mark_safe(" selected") if option["value"] == node.pick else "", option["title"])
                for option in choice["options"]
            ),
        )
        known = known or any(option["value"] == node.pick for option in choice["options"])
        measures = "" if kind.judged else choice["measures"]
        groups.append(
            format_html('<optgroup label="{}" data-measures="{}">{}</optgroup>', kind.label, measures, options)
        )
    if not known:
        gone = _("No longer part of the course")
        groups.append(format_html('<option value="{}" selected>{}</option>', node.pick, gone))
    return mark_safe("".join(groups))  # noqa: S308
