"""The words of the field, each explained in each language."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin

from .querysets import TermQuerySet


class Term(TranslatableMixin, models.Model):
    """One word in one language; its other languages have the same ``translation_key``."""

    name = models.CharField(_("term"), max_length=120)
    definition = models.TextField(_("explanation"), max_length=600, help_text=_("One to three plain sentences."))
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("For example: Nagoya Protocol, Article 2")
    )
    synonyms = models.TextField(
        _("other forms"),
        blank=True,
        help_text=_("One to a line: abbreviations, plurals and other words that lessons use for it."),
    )

    objects = TermQuerySet.as_manager()

    class Meta(TranslatableMixin.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["locale", "name"], name="term_once_per_language")]
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """What its address ends with, below the glossary of its language."""
        return slugify(self.name, allow_unicode=True)

    @property
    def forms(self) -> list[str]:
        """The words that mean it: its name and the other forms."""
        return [form for form in (line.strip() for line in [self.name, *self.synonyms.splitlines()]) if form]

    @property
    def url(self) -> str:
        """Where it stands in the glossary of its language."""
        with translation.override(self.locale.language_code):
            return f"{reverse('glossary')}#{self.slug}"
