"""Administration of certificate templates; the ledger to read. Acts on certificates are pages of the site."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSetGroup

from core.languages import fallback_order
from core.scoped import ScopedModelViewSet
from courses.participants.trail import saw
from institutions.roles import is_organiser

from .models import Certificate, CertificateTemplate, CertificateTemplateText
from .wording import PLACEHOLDERS

TEXT_FIELDS = ("heading", "statement", "issuer", "signatory_title")
STATEMENT_LIMIT = 400


class TemplateForm(WagtailAdminModelForm):
    """A template with its words in every language; a language left empty falls back to another."""

    class Meta:
        model = CertificateTemplate
        fields = ["key", "programme", "kind", "signatory_name", "second_approval"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {text.language: text for text in self.instance.texts.all()} if self.instance.pk else {}
        if self.instance.pk:
            self.fields["key"].disabled = True
        for code, language in settings.LANGUAGES:
            for name in TEXT_FIELDS:
                model_field: Any = CertificateTemplateText._meta.get_field(name)
                area = name == "statement"
                look = {"dir": "auto"}
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=_("%(what)s, %(language)s") % {"what": model_field.verbose_name, "language": language},
                    required=False,
                    max_length=STATEMENT_LIMIT if area else model_field.max_length,
                    initial=getattr(texts.get(code), name, ""),
                    widget=forms.Textarea(attrs={**look, "rows": "2"}) if area else forms.TextInput(attrs=look),
                    help_text=_("May name {course}, {hours} and {dates}.") if area else "",
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("programme") is None and not is_organiser(self.for_user, None):
            self.add_error("programme", _("Choose a programme you organise."))
        written = 0
        for code, _language in settings.LANGUAGES:
            given = [name for name in TEXT_FIELDS if data.get(f"{name}_{code}", "").strip()]
            if given and len(given) < len(TEXT_FIELDS):
                for name in set(TEXT_FIELDS) - set(given):
                    self.add_error(f"{name}_{code}", _("Fill in every text of a language, or none."))
            written += bool(given)
            for unknown in set(re.findall(r"\{(\w*)\}", data.get(f"statement_{code}", ""))) - set(PLACEHOLDERS):
                self.add_error(
                    f"statement_{code}",
                    ValidationError(_("“{%(name)s}” is not known here."), params={"name": unknown}),
                )
        if not written:
            self.add_error(f"heading_{fallback_order('en')[0]}", _("Write the certificate in at least one language."))
        return data

    def save(self, commit: bool = True) -> Any:
        template = super().save(commit=commit)
        if commit:
            self.save_texts(template)
        return template

    def save_texts(self, template: CertificateTemplate) -> None:
        """Write, change or remove the text rows."""
        for code, _language in settings.LANGUAGES:
            values = {name: self.cleaned_data[f"{name}_{code}"].strip() for name in TEXT_FIELDS}
            if any(values.values()):
                CertificateTemplateText.objects.update_or_create(record=template, language=code, defaults=values)
            else:
                template.texts.filter(language=code).delete()


class TemplateViewSet(ScopedModelViewSet):
    """Certificate templates of one's programmes, and the general ones."""

    model = CertificateTemplate
    icon = "doc-full"
    menu_label = _("Templates")
    form_fields = TemplateForm.Meta.fields
    list_display = ["__str__", "kind", "programme", "second_approval"]
    list_filter = ["kind"]
    ordering = ["key"]

    def get_form_class(self, for_update: bool = False) -> Any:
        return TemplateForm

    def may(self, user: Any, action: str, obj: Any) -> bool:
        """General templates are changed by organisers of all; they serve everybody."""
        return obj is None or action == "view" or is_organiser(user, obj.programme_id)


class LedgerViewSet(ScopedModelViewSet):
    """Every certificate of one's programmes, to read."""

    model = Certificate
    icon = "list-ul"
    menu_label = _("Ledger")
    form_fields = ["serial"]
    list_display = [
        Column("serial", label=_("Number")),
        Column("name", label=_("Name")),
        Column("get_kind_display", label=_("Kind")),
        Column("get_state_display", label=_("State")),
        Column("issued_at", label=_("Issued on")),
    ]
    list_filter = ["kind", "state"]
    ordering = ["-issued_at"]
    add_view_enabled = False
    edit_view_enabled = False

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(queryset=Certificate.objects.select_related("participant"), **kwargs)

    def seen(self, user: Any, objects: Any, act: str) -> None:
        saw(user, [certificate.participant for certificate in objects], f"certificates.{act}")


class CertificatesGroup(ViewSetGroup):
    """Templates and ledger under one menu entry."""

    menu_label = _("Certificates")
    menu_icon = "doc-full"
    menu_order = 230
    items = (
        TemplateViewSet("certificate_templates", url_prefix="certificate-templates"),
        LedgerViewSet("certificate_ledger", url_prefix="certificate-ledger"),
    )
