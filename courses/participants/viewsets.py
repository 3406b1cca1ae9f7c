"""Admin screens of people and designations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets import AdminDateInput

from core import scoped
from core.languages import native_name
from core.models import AuditEntry

from . import activation, notices, permissions, services
from .forms import DesignationRecordForm, EndForm, LinkForm, RecordForm
from .models import DataNotice, FocalPointDesignation, Participant
from .trail import saw


class ParticipantChooserViewSet(scoped.ScopedChooserViewSet):
    model = Participant
    icon = "user"
    search_fields = ["name", "name_latin", "organisation", "email"]
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    edit_item_text = _("Edit this person")

    def get_object_list(self) -> Any:
        return Participant.objects.present()

    def seen(self, user: Any, objects: Any) -> None:
        saw(user, objects, "participants.view")


participant_chooser = ParticipantChooserViewSet("participant_chooser")


class LinkAccount(scoped.ObjectActView):
    label = _("Link an account")
    icon_name = "link"
    question = _("The person signs in with this account and finds everything that hangs on this record.")
    success_message = _("The account is linked.")
    form_class = LinkForm

    @classmethod
    def offered(cls, user: Any, obj: Participant) -> bool:
        return permissions.can_link_account(user, obj)

    def act(self, *, actor: Any, obj: Participant, **answers: Any) -> None:
        services.link_account(actor=actor, participant=obj, user=answers["user"])


class SendActivation(scoped.ObjectActView):
    label = _("Send the activation mail again")
    icon_name = "mail"
    question = _("The person gets a new link by which they choose a password. Earlier links stay good for their days.")
    success_message = _("The mail is on its way.")

    @classmethod
    def offered(cls, user: Any, obj: Participant) -> bool:
        return bool(obj.email) and permissions.can_link_account(user, obj)

    def act(self, *, actor: Any, obj: Participant, **answers: Any) -> None:
        activation.send_again(actor=actor, participant=obj)


class Merge(scoped.ObjectActView):
    label = _("Merge into another record")
    icon_name = "resubmit"
    question = _("You see both records side by side before anything is changed.")
    button_label = _("Look at both")

    @cached_property
    def form_class(self) -> type[forms.Form]:  # type: ignore[override]
        into = forms.ModelChoiceField(
            label=_("The record to keep"),
            queryset=Participant.objects.present(),
            widget=participant_chooser.widget_class,
        )
        return type("MergeForm", (forms.Form,), {"into": into})

    @classmethod
    def offered(cls, user: Any, obj: Participant) -> bool:
        return permissions.can_merge(user, obj)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if form.is_valid():
            return redirect("participant_merge", source=self.scoped_object.pk, into=form.cleaned_data["into"].pk)
        return self.render_to_response(self.get_context_data(form=form))


class EraseOnRequest(scoped.ObjectActView):
    """For somebody without an account who asks by letter; the room of privacy asks and plans."""

    label = _("Erase on request")
    icon_name = "bin"

    @classmethod
    def offered(cls, user: Any, obj: Participant) -> bool:
        return permissions.can_erase(user, obj)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("person_erasure", pk=self.scoped_object.pk)

    post = get


class ParticipantViewSet(scoped.ScopedModelViewSet):
    model = Participant
    icon = "user"
    list_display = ["name", "name_latin", "organisation", "country", "user"]
    list_filter = ["represents", "stakeholder_group", "country"]
    list_export = ["name", "name_latin", "title", "represents", "country_id", "organisation", "position"]
    search_fields = ["name", "name_latin", "organisation", "email", "user__email"]
    object_acts = {"link": LinkAccount, "activation": SendActivation, "merge": Merge, "erase": EraseOnRequest}

    def get_form_class(self, for_update: bool = False) -> type:
        return RecordForm

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = Participant.objects.present().select_related("country", "user")
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def seen(self, user: Any, objects: Any, act: str) -> None:
        saw(user, objects, f"participants.{act}")

    def may(self, user: Any, action: str, obj: Any) -> bool:
        if action == "add":
            return permissions.can_create_participant(user)
        # the acts have rules of their own, which ask more
        return action == "view" or permissions.can_change_participant(user, obj)

    def create(self, *, actor: Any, form: RecordForm) -> Participant:
        return services.create_participant(actor=actor, **form.details)

    def change(self, *, actor: Any, form: RecordForm) -> Participant:
        fresh = Participant.objects.get(pk=form.instance.pk)
        return services.change_participant(actor=actor, participant=fresh, **form.details)


class Confirm(scoped.ObjectActView):
    label = _("Confirm")
    question = _(
        "Have you seen the designation, or found the person in the list of focal points of the treaty? "
        "On confirmation the person’s account becomes focal point of the country for these dates."
    )
    success_message = _("The designation is confirmed.")

    @classmethod
    def offered(cls, user: Any, obj: FocalPointDesignation) -> bool:
        return not obj.is_confirmed and permissions.can_confirm(user, obj)

    def act(self, *, actor: Any, obj: FocalPointDesignation, **answers: Any) -> None:
        services.confirm_designation(actor=actor, designation=obj)


class End(scoped.ObjectActView):
    label = _("End")
    icon_name = "date"
    question = _("The role of focal point ends with this day.")
    success_message = _("The end of the designation is written down.")
    form_class = EndForm

    @classmethod
    def offered(cls, user: Any, obj: FocalPointDesignation) -> bool:
        return obj.is_confirmed and permissions.can_end(user, obj)

    def act(self, *, actor: Any, obj: FocalPointDesignation, **answers: date) -> None:
        services.end_designation(actor=actor, designation=obj, ends_on=answers["ends_on"])


class Refuse(scoped.ObjectActView):
    label = _("Refuse")
    icon_name = "bin"
    question = _("The claim is removed. The person keeps the account and can claim again.")
    success_message = _("The claim is removed.")

    @classmethod
    def offered(cls, user: Any, obj: FocalPointDesignation) -> bool:
        return not obj.is_confirmed and permissions.can_end(user, obj)

    def act(self, *, actor: Any, obj: FocalPointDesignation, **answers: Any) -> None:
        services.remove_claim(actor=actor, designation=obj)


class DesignationViewSet(scoped.ScopedModelViewSet):
    model = FocalPointDesignation
    icon = "site"
    edit_view_enabled = False
    list_display = [
        "participant",
        "treaty",
        "country",
        "body",
        "starts_on",
        "ends_on",
        BooleanColumn("is_confirmed", label=_("Confirmed")),
    ]
    list_filter = {"treaty": ["exact"], "country": ["exact"], "confirmed_at": ["isnull"]}
    search_fields = ["participant__name", "participant__name_latin"]
    object_acts = {"confirm": Confirm, "end": End, "refuse": Refuse}

    def get_form_class(self, for_update: bool = False) -> type:
        """The form with a chooser: a list of everybody would neither be found through nor be anybody's business."""
        person = forms.ModelChoiceField(
            label=capfirst(Participant._meta.verbose_name),
            queryset=Participant.objects.present(),
            widget=participant_chooser.widget_class,
        )
        return type("DesignationForm", (DesignationRecordForm,), {"participant": person})

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        queryset = FocalPointDesignation.objects.select_related("participant", "country", "body")
        return super().get_index_view_kwargs(queryset=queryset, **kwargs)

    def seen(self, user: Any, objects: Any, act: str) -> None:
        saw(user, [designation.participant for designation in objects], f"participants.{act}")

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return permissions.organises_all(user)

    def create(self, *, actor: Any, form: DesignationRecordForm) -> FocalPointDesignation:
        return services.claim_designation(actor=actor, **form.cleaned_data)


class NoticeForm(forms.ModelForm):
    """A version of the data notice, with its words in each language. English at least."""

    class Meta:
        model = DataNotice
        fields = ["published_on"]
        widgets = {"published_on": AdminDateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {text.language: text for text in self.instance.texts.all()} if self.instance.pk else {}
        for code, _name in settings.LANGUAGES:
            for part, label in (("summary", _("In short")), ("text", _("The whole notice"))):
                self.fields[f"{part}_{code}"] = forms.CharField(
                    label=format_lazy("{}: {}", native_name(code), label),
                    required=code == "en",
                    widget=forms.Textarea(attrs={"rows": 3 if part == "summary" else 10, "lang": code, "dir": "auto"}),
                    initial=getattr(held.get(code), part, ""),
                )

    @property
    def texts(self) -> dict[str, tuple[str, str]]:
        """What the service takes: the words by language."""
        data = self.cleaned_data
        return {code: (data[f"summary_{code}"], data[f"text_{code}"]) for code, _name in settings.LANGUAGES}


class NoticeViewSet(scoped.ScopedModelViewSet):
    """Versions of the data notice. What people were shown never changes: the next version says it anew."""

    model = DataNotice
    icon = "doc-full"
    list_display = ["__str__", "published_on"]

    def get_form_class(self, for_update: bool = False) -> type:
        return NoticeForm

    def may(self, user: Any, action: str, obj: Any) -> bool:
        return permissions.organises_all(user)

    def create(self, *, actor: Any, form: NoticeForm) -> DataNotice:
        return notices.publish_notice(actor=actor, published_on=form.cleaned_data["published_on"], texts=form.texts)

    def change(self, *, actor: Any, form: NoticeForm) -> DataNotice:
        return notices.change_notice(
            actor=actor, notice=form.instance, published_on=form.cleaned_data["published_on"], texts=form.texts
        )


class SeenReport(scoped.ScopedReportView):
    """Who saw or took out whose data: once per person, viewer and day."""

    model = AuditEntry
    page_title = _("Who saw personal data")
    columns = [
        DateColumn("at", label=_("Date")),
        Column("actor_label", label=_("By")),
        Column("action", label=_("Where")),
        Column("object_id", label=_("Number of the record")),
    ]
    list_export = ["at", "actor_label", "action", "object_type", "object_id"]
    is_searchable = True
    search_fields = ["action", "actor_label", "object_id"]

    def get_base_queryset(self) -> Any:
        return AuditEntry.objects.of_seeing()


class PeopleGroup(ModelViewSetGroup):
    menu_label = _("People")
    menu_icon = "group"
    menu_order = 300
    items = (ParticipantViewSet("participants"), DesignationViewSet("designations"), NoticeViewSet("data_notices"))
