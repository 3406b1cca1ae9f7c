"""The audit trail in words: what an act is called, what kind of record it was done to.

Codes stay codes in the database and in downloads. The column *Kind* names the record, so one word does for an act that
every room has; an act that says more has words of its own. A test finds every act that the rooms write.
"""

from __future__ import annotations

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTS = {
    "accept_invitation": _("Invitation accepted"),
    "activate": _("Account activated"),
    "add_prerequisite": _("Prerequisite added"),
    "add_trainer": _("Trainer added"),
    "application_accepted": _("Application accepted"),
    "application_declined": _("Application declined"),
    "ask_erasure": _("Erasure asked for"),
    "bring_list": _("List brought in"),
    "bring_questions": _("Questions brought in"),
    "choose_mails": _("Mails chosen"),
    "claim_designation": _("Designation claimed"),
    "consent": _("Consent given or taken back"),
    "decide_nomination": _("Nomination decided"),
    "end_waiver": _("Waiver taken back"),
    "erase": _("Personal data erased"),
    "export_progress": _("Progress downloaded"),
    "give_mark": _("Marked"),
    "give_up_import": _("Import given up"),
    "give_up_questions": _("Import of questions given up"),
    "hold": _("Held"),
    "link_account": _("Account linked"),
    "make_slip": _("Sign-in slip made"),
    "mark_again": _("Marked again"),
    "merge": _("Records merged"),
    "name_trainer": _("Trainer named"),
    "nominee_not_enrolled": _("Nominee not enrolled"),
    "plan_erasure": _("Erasure planned"),
    "publish_notice": _("Data notice published"),
    "record_attendance": _("Attendance recorded"),
    "record_result": _("Result recorded"),
    "recompute_times": _("Times worked out anew"),
    "release_trainer": _("Trainer released"),
    "remove_trainer": _("Trainer removed"),
    "send_activation_again": _("Activation mail sent again"),
    "send_activation_mails": _("Activation mails sent"),
    "send_invitation_again": _("Invitation sent again"),
    "send_letter": _("Letter sent"),
    "suggest_again": _("Suggested as a double again"),
    "take_back_application": _("Application taken back"),
    "take_back_marks": _("Marks taken back"),
    "take_back_result": _("Result taken back"),
    "tell_apart": _("Told apart"),
    "undo_erasure": _("Erasure called off"),
    "undo_merge": _("Merge undone"),
    "use_slip": _("Signed in by a slip"),
    "withdraw_name": _("Name withdrawn"),
    "withdraw_time": _("Extra time taken back"),
    "write_to_registered": _("Written to those registered"),
}
VERBS = {
    "accept": _("Accepted"),
    "add": _("Added"),
    "announce": _("Announced"),
    "apply": _("Applied"),
    "application": _("Application decided"),
    "approve": _("Approved"),
    "archive": _("Archived"),
    "arrange": _("Arranged"),
    "cancel": _("Cancelled"),
    "change": _("Changed"),
    "check": _("Checked"),
    "close": _("Closed"),
    "confirm": _("Confirmed"),
    "copy": _("Copied"),
    "create": _("Created"),
    "decline": _("Declined"),
    "delete": _("Deleted"),
    "end": _("Ended"),
    "enrol": _("Enrolled"),
    "export": _("Downloaded"),
    "extend": _("Extended"),
    "file": pgettext_lazy("audit trail", "Filed under a category"),
    "grant": _("Granted"),
    "import": _("Imported"),
    "invite": _("Invited"),
    "issue": _("Issued"),
    "keep": _("Saved"),
    "nominate": _("Nominated"),
    "open": pgettext_lazy("audit trail", "Opened"),
    "order": _("Put in order"),
    "put": _("Saved"),
    "recompute": _("Worked out anew"),
    "register": _("Registered"),
    "regrade": _("Graded anew"),
    "release": _("Released"),
    "remove": _("Removed"),
    "request": _("Asked for"),
    "restore": _("Restored"),
    "retire": _("Retired"),
    "retry": _("Tried again"),
    "revive": _("Taken into use again"),
    "revoke": _("Revoked"),
    "save": _("Saved"),
    "supersede": _("Superseded"),
    "transfer": _("Transferred"),
    "view": pgettext_lazy("audit trail", "Seen"),
    "withdraw": _("Withdrawn"),
    "write": _("Written"),
}


def act_words(action: str) -> str:
    """Return an act, ``"room.act"``, in words of the active language; one that nobody named stays as it is."""
    act = action.partition(".")[2]
    verb = act.partition("_")[0]
    return str(ACTS.get(act) or VERBS.get(verb) or VERBS.get(verb.removesuffix("d")) or action)


def kind_words(object_type: str) -> str:
    """Return ``"app_label.model"`` by the name of the model; a model that is gone stays as it is."""
    try:
        return str(capfirst(apps.get_model(object_type)._meta.verbose_name))
    except (LookupError, ValueError):
        return object_type
