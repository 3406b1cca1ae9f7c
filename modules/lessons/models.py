"""Modules, lessons and how far each learner is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import Storage, storages
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.compat import HTTPMethod
from wagtail.fields import RichTextField
from wagtail.search import index

from core.fields import ComposedStreamField
from core.models import BasePage
from media.models import LICENCES
from modules.records.models import Item, LearnerRecord

from .forms import LessonPageForm
from .querysets import LessonProgressQuerySet, ModuleFileQuerySet


class Field(models.TextChoices):
    """The three fields of work; each has a hue and a drawing of its own."""

    ABS = "abs", _("Access and benefit-sharing")
    CUSTOMS = "customs", _("Green Customs")
    LMO = "lmo", _("Living modified organisms")


class ModulePage(BasePage):
    """A self-study module: lessons and a quiz, reused by any course. Its item is ``records.Item``."""

    field = models.CharField(_("field"), max_length=10, choices=Field.choices, default=Field.ABS)
    objectives = RichTextField(_("what you will be able to do"), blank=True, features=["ul"])
    minutes = models.PositiveIntegerField(_("study time in minutes"), default=60)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    licence = models.CharField(_("licence"), max_length=20, choices=LICENCES, blank=True, default="")
    version = models.PositiveIntegerField(
        _("version"), default=1, help_text=_("Raise it when a change alters what a learner must know.")
    )

    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("field"), FieldPanel("minutes"), FieldPanel("version")]),
        FieldPanel("objectives"),
        MultiFieldPanel([FieldPanel("authors"), FieldPanel("licence")], heading=_("Authors and licence")),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("objectives"), index.FilterField("field")]
    subpage_types = ["lessons.LessonPage"]
    template = "lessons/module_page.html"
    item_kind = Item.Kind.MODULE

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the outline as the reader stands in it."""
        from .outline import module_outline
        from .takeaway.offers import offers_of

        language = get_language() or settings.LANGUAGE_CODE
        return {
            **super().get_context(request, *args, **kwargs),
            "outline": module_outline(self, request.user, preview=getattr(request, "is_preview", False)),
            "offers": offers_of(self.translation_key, language),
            "module_key": self.translation_key,
        }

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")


class Change(models.TextChoices):
    """What a published change means to those who have done the lesson."""

    MINOR = "minor", pgettext_lazy("change of a lesson", "minor")
    MAJOR = "major", pgettext_lazy("change of a lesson", "major")


class LessonPage(BasePage):
    """One lesson. Progress hangs on its item, so it is the same lesson in every language."""

    minutes = models.PositiveIntegerField(_("reading time in minutes"), default=15)
    body = ComposedStreamField(blocks_setting="LESSON_BLOCKS", verbose_name=_("body"), blank=True)
    sources = RichTextField(_("sources"), blank=True, features=["ul", "link", "italic"])
    change = models.CharField(
        _("this change is"),
        max_length=5,
        choices=Change.choices,
        default=Change.MINOR,
        help_text=_(
            "A major change alters what a learner must know: those who have done the lesson are told, and may read it"
            " again. Nobody loses what they have done."
        ),
    )
    change_note = models.CharField(
        _("what changed"),
        max_length=300,
        blank=True,
        help_text=_("One sentence for those who have done the lesson. Each language has its own."),
    )

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel([FieldPanel("change"), FieldPanel("change_note")], heading=_("What learners are told")),
        FieldPanel("minutes"),
        FieldPanel("body"),
        FieldPanel("sources"),
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types = ["lessons.ModulePage"]
    subpage_types: list[str] = []
    template = "lessons/lesson_page.html"
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    item_kind = Item.Kind.LESSON
    base_form_class = LessonPageForm

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the lesson. Reached only where ``views.page`` hands over to Wagtail (restricted pages, for one)."""
        from .views import show

        return show(request, self)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The lesson as its author previews it: nothing cached, nothing written down."""
        from .reading import lesson_context, make_shell, own_of

        language = get_language() or settings.LANGUAGE_CODE
        shell = make_shell(self, request, language)
        return {
            **super(BasePage, self).get_context(request, *args, **kwargs),
            **lesson_context(shell, own_of(shell, request.user, {}, language)),
        }

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """How an author may look at it: with the module's outline, its quizzes and what follows."""
        return [
            ("", _("As a learner who reads it the first time")),
            ("done", _("As a learner who has done it")),
            ("visitor", _("As a visitor who is not signed in")),
        ]

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """The lesson as a kind of reader sees it."""
        from .reading import lesson_context, own_of, with_quizzes_to_try

        context = self.get_context(request)
        shell, language = context["lesson"], get_language() or settings.LANGUAGE_CODE
        if mode_name != "visitor":
            shell = with_quizzes_to_try(shell)
        own = own_of(shell, AnonymousUser(), {}, language)
        if mode_name != "visitor":
            own = replace(own, account=shell.place >= 0, is_done=mode_name == "done")
        return {**context, **lesson_context(shell, own)}

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")


class LessonVersion(models.Model):
    """A major change of a lesson, as published: the version it made, and what changed, ``{language: sentence}``.

    A language stands in ``notes`` when its text has the change; its sentence may be empty (``versions.note_change``).
    The first version has no row. A minor change makes none.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    notes = models.JSONField(default=dict)
    revision = models.PositiveBigIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["item", "number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="lesson_version_once")]
        verbose_name = _("lesson version")
        verbose_name_plural = _("lesson versions")

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"


def private_storage() -> Storage:
    """The storage whose files only our views hand out."""
    return storages["private"]


class ModuleFile(models.Model):
    """A module to take along, as it was made of the module at ``stamp`` (``Item.changed_at``)."""

    class Format(models.TextChoices):
        PDF = "pdf", _("PDF to print")
        ZIP = "zip", _("Plain pages for a memory stick")
        FULL = "all", _("Plain pages with all recordings")

        @property
        def ending(self) -> str:
            """The ending of the file's name."""
            return "pdf" if self is ModuleFile.Format.PDF else "zip"

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    format = models.CharField(max_length=3, choices=Format.choices)
    stamp = models.DateTimeField()
    name = models.CharField(max_length=300)
    file = models.FileField(storage=private_storage, max_length=300)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ModuleFileQuerySet.as_manager()

    class Meta:
        ordering = ["item", "language", "format"]
        constraints = [models.UniqueConstraint(fields=["item", "language", "format"], name="module_file_once")]
        verbose_name = _("file of a module")
        verbose_name_plural = _("files of modules")

    def __str__(self) -> str:
        return self.name


class LessonProgress(LearnerRecord):
    """How far one learner is in one lesson, whatever the language.

    ``place`` is where reading stopped (``services.note_place``), since it was done if it is; ``revision`` the page
    revision that was marked done, ``version`` and ``language`` those of the text that was read then.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="progress")
    place = models.CharField(max_length=40, blank=True)
    place_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveBigIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=10, blank=True)

    objects = LessonProgressQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner_key", "item"], name="lesson_progress_once")]
        indexes = [models.Index(fields=["learner_key", "-seen_at"], name="lesson_progress_latest")]
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")

    def __str__(self) -> str:
        return f"{self.learner_key} {self.item_id}"
