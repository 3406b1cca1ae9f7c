"""Who sees and may do what: rows through ``visible_to``, choices of forms, the permission policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import models
from django.http import Http404
from wagtail.permission_policies import ModelPermissionPolicy

May = Callable[[Any, str, models.Model | None], bool]


def visible(queryset: Any, user: Any) -> Any:
    """Return the rows of ``queryset`` (or of a model) that ``user`` may see.

    Raises ``ImproperlyConfigured`` for a model that does not say who sees what.
    """
    if isinstance(queryset, type) and issubclass(queryset, models.Model):
        queryset = queryset._default_manager.all()
    if not hasattr(queryset, "visible_to"):
        raise ImproperlyConfigured(f"{queryset.model._meta.label} has no visible_to(user).")
    return queryset.visible_to(user)


def visible_object_or_404(model: type[models.Model], user: Any, quoted_pk: Any) -> models.Model:
    """Return one object that ``user`` may see. Raises ``Http404`` for another's, a missing or a malformed key."""
    try:
        found = visible(model, user).filter(pk=unquote(str(quoted_pk))).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise Http404
    return found


def narrow_choices(form: Any, user: Any) -> None:
    """Let a form (or filter form) offer and accept only visible records, beside those it already holds."""
    for name, field in form.fields.items():
        queryset = getattr(field, "queryset", None)
        if queryset is None or not hasattr(queryset, "visible_to"):
            continue
        allowed = models.Q(pk__in=visible(queryset.model, user).order_by().values("pk"))
        instance = getattr(form, "instance", None)
        if instance is not None and instance.pk and isinstance(field, forms.ModelChoiceField):
            held = form.initial.get(name)
            held = held if isinstance(held, (list, tuple)) else [held]
            allowed |= models.Q(pk__in=[getattr(value, "pk", value) for value in held if value])
        field.queryset = queryset.filter(allowed)
    for formset in getattr(form, "formsets", {}).values():
        _narrow_formset(formset, user)


def _narrow_formset(formset: Any, user: Any) -> None:
    add_fields = formset.add_fields

    def narrowed(form: Any, index: int | None) -> None:
        add_fields(form, index)
        narrow_choices(form, user)

    formset.add_fields = narrowed


class ScopedPermissionPolicy(ModelPermissionPolicy):
    """The model's permission *and* the object visible *and* the room's own rule, ``may(user, action, obj)``."""

    def __init__(self, model: Any, may: May | None = None) -> None:
        super().__init__(model)
        self.may = may or (lambda user, action, obj: True)

    def user_has_permission(self, user: Any, action: str) -> bool:
        return super().user_has_permission(user, action) and (action != "add" or self.may(user, action, None))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: models.Model) -> bool:
        return (
            self.user_has_permission(user, action)
            and self.may(user, action, instance)
            and visible(self.model, user).filter(pk=instance.pk).exists()
        )

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> Any:
        return visible(super().instances_user_has_any_permission_for(user, actions), user)
