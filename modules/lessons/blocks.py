"""The text blocks of a lesson. Pictures, files and recordings are blocks of ``media``."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

INLINE = ["bold", "italic", "link"]


class TextBlock(blocks.RichTextBlock):
    """Paragraphs and lists."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("features", ["bold", "italic", "ol", "ul", "link", "document-link"])
        super().__init__(**kwargs)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "lessons/blocks/text.html"


class HeadingBlock(blocks.CharBlock):
    """A heading of the second level; the page title is the first."""

    class Meta:
        label = _("Heading")
        icon = "title"
        template = "lessons/blocks/heading.html"


class QuotationBlock(blocks.StructBlock):
    """A quotation, or what an article rules with its reference."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article reference")
        QUOTATION = "quotation", _("Quotation")

    kind = blocks.ChoiceBlock(choices=Kind.choices, default=Kind.ARTICLE, label=_("Kind"))
    text = blocks.TextBlock(label=_("Text"))
    source = blocks.CharBlock(label=_("Source"), help_text=_("For example: Nagoya Protocol, Article 6.1"))

    class Meta:
        label = _("Quotation or article")
        icon = "openquote"
        template = "lessons/blocks/quotation.html"


class CalloutBlock(blocks.StructBlock):
    """Something set apart: an example, a note, a warning, an exercise, points to remember."""

    class Kind(models.TextChoices):
        EXAMPLE = "example", _("Example")
        NOTE = "note", _("Note")
        WARNING = "warning", _("Take care")
        EXERCISE = "exercise", _("Exercise")
        KEY = "key", _("To remember")

    kind = blocks.ChoiceBlock(choices=Kind.choices, default=Kind.NOTE, label=_("Kind"))
    title = blocks.CharBlock(label=_("Title"), required=False)
    text = blocks.RichTextBlock(label=_("Text"), features=["ol", "ul", *INLINE])

    class Meta:
        label = _("Callout")
        icon = "info-circle"
        template = "lessons/blocks/callout.html"


class TableValue(blocks.StructValue):
    """A table as its template needs it."""

    @property
    def labelled_rows(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell with the title of its column; a row that is too short is filled up."""
        header = list(self["header"])
        return [[(header[n], row[n] if n < len(row) else "") for n in range(len(header))] for row in self["rows"]]


class TableBlock(blocks.StructBlock):
    """A table with a caption and one header row; becomes cards on a phone."""

    caption = blocks.CharBlock(label=_("Caption"))
    header = blocks.ListBlock(blocks.CharBlock(label=_("Column")), label=_("Columns"), min_num=2, max_num=6)
    rows = blocks.ListBlock(
        blocks.ListBlock(blocks.CharBlock(required=False, label=_("Cell")), label=_("Row")), label=_("Rows")
    )

    class Meta:
        label = _("Table")
        icon = "table"
        template = "lessons/blocks/table.html"
        value_class = TableValue


class DetailsBlock(blocks.StructBlock):
    """Something to open when wanted."""

    summary = blocks.CharBlock(label=_("Always shown"))
    text = blocks.RichTextBlock(label=_("Shown when opened"), features=["ol", "ul", *INLINE])

    class Meta:
        label = _("Expandable details")
        icon = "collapse-down"
        template = "lessons/blocks/details.html"
