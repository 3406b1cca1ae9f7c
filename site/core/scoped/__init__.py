"""One scoped base for admin viewsets, choosers and reports, built on ``visible_to`` (decision 7).

Wagtail's generic views check the model's permission, never the object: whoever may change *some*
workshop could open *every* workshop by its address. Everything registered here shows and touches
only what ``Model.objects.visible_to(request.user)`` returns; anything else is 404.

In a room's ``wagtail_hooks.py``::

    from core import scoped
    scoped.register(OrganisationViewSet("organisations"))         # a ScopedModelViewSet or a group of them
    scoped.register(OrganisationChooserViewSet("organisation_chooser"))
    scoped.register_report(AuditReport, "audit", _("Audit trail"), icon="history")

A viewset may define ``create(actor, form)``, ``change(actor, form)`` and ``delete(actor, obj)`` to call the
room's services instead of saving the form; a ``DomainError`` is then shown in the form. Without them the
form is saved and an audit entry written. What is finer than "may see it" goes into ``may(user, action, obj)``,
where ``action`` is ``change``, ``delete``, ``view``, or ``add`` with ``obj`` None. Views of human acts on one
object (confirm, revoke) are ``ObjectActView``s listed in ``object_acts``.

A test walks everything registered in the admin and fails on what is neither scoped nor excused.
"""

from .choosers import ScopedChooserViewSet, ScopedChoosing
from .rules import ScopedPermissionPolicy, narrow_choices, visible, visible_object_or_404
from .views import AuditHistoryView, ObjectActView, ScopedList, ScopedObject, scope_view
from .viewsets import ScopedModelViewSet, ScopedReportView, register, register_policy, register_report

__all__ = [
    "AuditHistoryView",
    "ObjectActView",
    "ScopedChooserViewSet",
    "ScopedChoosing",
    "ScopedList",
    "ScopedModelViewSet",
    "ScopedObject",
    "ScopedPermissionPolicy",
    "ScopedReportView",
    "narrow_choices",
    "register",
    "register_policy",
    "register_report",
    "scope_view",
    "visible",
    "visible_object_or_404",
]
