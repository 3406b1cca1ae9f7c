"""Every address of ours, asked for by everybody: who gets it, who is sent to sign in, for whom it does not exist.

**A new address needs a row.** Write the answers in the order of ``PEOPLE``, or the name of a list of answers below::

    Row("workshop_manage", "workshop.key", RUN_IT),
    Row("workshop_archive", "workshop.key", "302 404 404 302 404 302 404 302 404 404", post=True),

The second word says what stands in the address: paths into the world of ``tests/site/world.py``. Several addresses with
the same answers share a row; what ends in a colon stands before each of them. With ``post=True`` the request is a POST
without data, and a GET must be answered 405; with ``post="also"`` the address takes both, and this row is about the
POST. What one person's request changes is undone before the next.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests.conftest import files_in

from .world import make_world

PEOPLE = (
    "visitor",
    "learner",  # the objects are theirs
    "outsider",  # another learner
    "trainer",  # of this cohort and workshop
    "other_trainer",  # of the same programme
    "organiser",  # of this programme
    "other_organiser",  # of another
    "head",  # organiser of all
    "focal_point",
    "editor",
)

# fmt: off
#                    vis lea out tra oth org oth hea foc edi
EVERYBODY         = "200 200 200 200 200 200 200 200 200 200"
LED_ON            = "302 302 302 302 302 302 302 302 302 302"
SIGNED_IN         = "302 200 200 200 200 200 200 200 200 200"
OWN               = "302 200 404 404 404 404 404 404 404 404"
DO_TO_OWN         = "302 302 404 404 404 404 404 404 404 404"
OWN_OR_ORGANISE   = "302 200 404 404 404 200 404 200 404 404"
DO_TO_ORGANISED   = "302 302 404 404 404 302 404 302 404 404"
TEACH             = "302 404 404 200 200 200 200 200 404 404"
DO_TEACH          = "302 404 404 302 302 302 302 302 404 404"
RUN_IT            = "302 404 404 200 404 200 404 200 404 404"
DO_RUN_IT         = "302 404 404 302 404 302 404 302 404 404"
WRITERS           = "302 404 404 404 404 200 200 200 404 200"
ORGANISERS        = "302 404 404 404 404 200 200 200 404 404"
ORGANISE_IT       = "302 404 404 404 404 200 404 200 404 404"
DO_ORGANISE_IT    = "302 404 404 404 404 302 404 302 404 404"
# Wagtail's admin answers 403 to those who may not enter, 302 to those who may not do this.
ADMIN_TEACH       = "302 403 403 200 200 200 200 200 403 302"
ADMIN_RUN_IT      = "302 403 403 302 404 200 404 200 403 404"
ADMIN_ORGANISERS  = "302 403 403 302 302 200 200 200 403 302"
ADMIN_ORGANISE_IT = "302 403 403 404 404 200 404 200 403 404"
ADMIN_HEAD        = "302 403 403 302 302 302 302 200 403 302"
ADMIN_HEAD_OF_IT  = "302 403 403 404 404 404 404 200 403 404"
ADMIN_WRITERS     = "302 403 403 302 302 200 200 200 403 200"
ADMIN_WRITE_IT    = "302 403 403 404 404 200 200 200 403 200"
ADMIN_SENT_ON     = "302 403 403 404 404 302 302 302 403 302"
ADMIN_STAFF       = "302 403 403 200 200 200 200 200 403 200"
# fmt: on


@dataclass(frozen=True)
class Row:
    """Addresses, what stands in them, and the answers to everybody of ``PEOPLE``."""

    names: str
    objects: str
    answers: str
    post: bool | str = False

    @property
    def urls(self) -> list[str]:
        space, *names = self.names.split()
        return [f"{space}{name}" for name in names] if space.endswith(":") else self.names.split()

    def __str__(self) -> str:
        return f"{'POST ' if self.post else ''}{self.names} {self.objects}".strip()


def held(answers: str) -> str:
    """Return the answers of an address that keeps a visitor's form (``accounts.kept_forms``)."""
    return answers.replace("302", "403", 1)


pytestmark = pytest.mark.django_db

TABLE: list[Row] = [
    # Without a language
    Row("healthz", "", EVERYBODY),
    Row("front_door favicon", "", LED_ON),
    Row("sitemap robots styleguide mailbox", "", EVERYBODY),
    Row("mailbox_letter", "letter_id", EVERYBODY),
    Row("certificate_check_address", "", LED_ON),
    Row("certificate_short", "certificate.serial", LED_ON),
    # The site, accounts, people
    Row("wagtail_serve", "front", EVERYBODY),
    Row("learner_home account_profile participant_profile", "", SIGNED_IN),
    Row("designation_claim", "", SIGNED_IN),
    Row("designation_remove", "claim.pk", DO_TO_OWN, post=True),
    Row("job_status", "job.key", ORGANISE_IT),
    Row("slip_address", "", LED_ON),
    Row("account_slip", "", "200 302 302 302 302 302 302 302 302 302"),
    Row("data_notice", "", EVERYBODY),
    Row("activate", "newcomer_token", "200 403 403 403 403 403 403 403 403 403"),
    Row("people_imports", "", ORGANISERS),
    Row("people_import", "imported.key", DO_ORGANISE_IT),
    Row("people_import_columns people_import_problems people_import_waiting", "imported.key", ORGANISE_IT),
    Row("people_activation_again", "walk_in.pk", "302 404 404 404 404 302 404 302 404 404", post=True),
    Row("people_import_decide people_import_confirm", "imported.key", DO_ORGANISE_IT, post=True),
    Row("people_import_give_up people_import_mails", "imported.key", DO_ORGANISE_IT, post=True),
    Row("people_import_retry", "imported.key", "302 404 404 404 404 404 404 404 404 404", post=True),
    Row("people_willing", "", ORGANISERS),
    Row("people_willing", "", "302 404 404 404 404 404 404 404 404 404", post="also"),
    Row("participant_merges", "", "302 404 404 404 404 404 404 200 404 404"),
    Row("people_doubles people_told_apart", "", "302 404 404 404 404 404 404 200 404 404"),
    Row("people_tell_apart", "walk_in.pk other_walk_in.pk", "302 404 404 404 404 404 404 302 404 404", post=True),
    Row("people_suggest_again", "apart.pk", "302 404 404 404 404 404 404 302 404 404", post=True),
    Row("person_erasures", "", "302 404 404 404 404 404 404 200 404 404"),
    Row("person_erasure", "walk_in.pk", "302 404 404 404 404 404 404 200 404 404"),
    Row("person_erasure", "walk_in.pk", "403 404 404 404 404 404 404 200 404 404", post="also"),
    Row("person_erasure_undo", "letter_asked.key", "302 404 404 404 404 404 404 302 404 404", post=True),
    Row("participant_merge", "walk_in.pk other_walk_in.pk", "302 404 404 404 404 404 404 200 404 404"),
    Row("participant_merge_undo", "merge.pk", "302 404 404 404 404 404 404 200 404 404"),
    Row("participant_merge_undo", "merge.pk", "302 404 404 404 404 404 404 302 404 404", post="also"),
    Row("privacy privacy_seen erasure mail_choices", "", SIGNED_IN),
    Row("unsubscribe", "unsubscribe_token", EVERYBODY),
    Row("privacy_consent", "", "302 404 404 404 404 404 404 404 404 404", post=True),
    Row("data_export_request erasure_undo", "", LED_ON, post=True),
    Row("data_export", "export.key", OWN),
    Row("erasure_confirm", "erasure_token", OWN),
    # Learning
    Row("lesson_page", "lesson_path", EVERYBODY),
    Row("lesson_done", "lesson.key", LED_ON, post=True),
    Row("lesson_place", "lesson.key", "401 400 400 400 400 400 400 400 400 400", post=True),
    Row("quiz", "quiz.item.key", EVERYBODY),
    Row("quiz", "quiz.item.key", LED_ON, post="also"),
    Row("quiz_try", "quiz.item.key", WRITERS),
    Row("quiz_try", "quiz.item.key", WRITERS, post="also"),
    Row("question_try", "question.pk", WRITERS),
    Row("question_try", "question.pk", WRITERS, post="also"),
    Row("question_try_new", "", "302 404 404 404 404 404 404 404 404 404", post="also"),
    Row("attempt", "attempt.key", OWN),
    Row("attempt", "attempt.key", held(OWN), post="also"),
    Row("attempt_save attempt_file", "attempt.key", "401 400 404 404 404 404 404 404 404 404", post=True),
    Row("attempt_result", "result.key", OWN),
    Row("attempt_hand_in", "attempt.key", OWN),
    Row("answer_file", "answer_file.key", "302 200 404 404 404 404 404 200 404 404"),
    Row("marking", "", TEACH),
    Row("mark_answer", "to_mark.pk", RUN_IT),
    Row("mark_answer", "to_mark.pk", held(RUN_IT), post="also"),
    Row("marking_release", "", DO_TEACH),
    Row("marking_release", "", DO_TEACH, post="also"),
    Row("marks_take_back", "marked.attempt.key", RUN_IT),
    Row("marks_take_back", "marked.attempt.key", held(RUN_IT), post="also"),
    Row("glossary", "", EVERYBODY),
    Row("module_files", "lesson.parent.key", EVERYBODY),
    Row("module_file", "lesson.parent.key pdf", LED_ON),
    # Courses
    Row("catalogue", "", EVERYBODY),
    Row("course_enrol", "open_course.key", SIGNED_IN),
    Row("course_enrol", "open_course.key", SIGNED_IN, post="also"),
    Row("enrolment_withdraw", "enrolment.pk", OWN_OR_ORGANISE),
    Row("enrolment_withdraw", "enrolment.pk", DO_TO_ORGANISED, post="also"),
    Row("cohorts", "", TEACH),
    Row("cohort_progress", "cohort.pk", RUN_IT),
    Row("cohort_export", "cohort.pk", RUN_IT, post=True),
    Row("cohort_slips cohort_quizzes", "cohort.pk", RUN_IT),
    Row("cohort_quiz", "cohort.pk past_quiz.pk", RUN_IT),
    Row("cohort_question", "cohort.pk past_quiz.pk asked.pk", RUN_IT),
    Row("cohort_task", "cohort.pk task.pk", RUN_IT),
    Row("course_rule", "course.key", RUN_IT),
    Row("course_rule_edit", "course.key", ORGANISE_IT),
    Row("course_rule_preview", "course.key", DO_ORGANISE_IT),
    Row("course_rule_save course_recompute", "course.key", DO_ORGANISE_IT, post=True),
    Row("course_tasks", "course.key", RUN_IT),
    Row("course_task_new", "course.key", ORGANISE_IT),
    Row("course_task", "course.key task.pk", ORGANISE_IT),
    Row("course_task_archive", "course.key task.pk", DO_ORGANISE_IT, post=True),
    Row("enrolment_standing", "enrolment.pk", "302 200 404 200 404 200 404 200 404 404"),
    Row("enrolment_waive", "enrolment.pk", ORGANISE_IT),
    Row("waiver_end", "waiver.pk", ORGANISE_IT),
    Row("cohort_at_risk", "cohort.pk", RUN_IT),
    Row("cohort_letter", "cohort.pk", held(DO_RUN_IT), post=True),
    Row("enrolment_notes", "enrolment.pk", RUN_IT),
    Row("note_remove", "note.pk", "302 404 404 302 404 404 404 404 404 404", post=True),
    # How people come in
    Row("cohort_start", "", ORGANISERS),
    Row("cohort_new course_entry question_new", "course.key", ORGANISE_IT),
    Row("cohort_desk cohort_edit cohort_invite cohort_add", "applied_cohort.pk", ORGANISE_IT),
    Row("cohort_invitation_words", "applied_cohort.pk", ORGANISE_IT),
    Row("cohort_invitation_words", "applied_cohort.pk", held(DO_ORGANISE_IT), post="also"),
    Row("cohort_trainers cohort_archive", "applied_cohort.pk", ORGANISE_IT),
    Row("cohort_trainers", "applied_cohort.pk", ORGANISE_IT, post="also"),
    Row("cohort_archive", "applied_cohort.pk", DO_ORGANISE_IT, post="also"),
    Row("trainer_release", "cohort_trainer.pk", ORGANISE_IT),
    Row("trainer_release", "cohort_trainer.pk", DO_ORGANISE_IT, post="also"),
    Row("course_archive", "course.key", ORGANISE_IT),
    Row("course_archive", "course.key", DO_ORGANISE_IT, post="also"),
    Row("cohort_apply", "applied_cohort.pk", "302 302 200 200 200 200 200 200 200 200"),
    Row("application", "application.pk", OWN),
    Row("application_take_back", "application.pk", DO_TO_OWN, post=True),
    Row("cohort_application", "application.pk", ORGANISE_IT),
    Row("cohort_invitation", "invitation.pk", DO_ORGANISE_IT, post=True),
    Row("invitation", "invitation_token", "200 403 403 403 403 403 403 403 403 403"),
    Row("enrolment_extend enrolment_transfer", "enrolment.pk", ORGANISE_IT),
    Row("prerequisite_add", "course.key", ORGANISE_IT, post=True),
    Row("prerequisite_remove", "prerequisite.pk", DO_ORGANISE_IT, post=True),
    Row("question_edit", "application_question.pk", ORGANISE_IT),
    Row("question_act", "application_question.pk", DO_ORGANISE_IT, post=True),
    # Workshops: for everybody
    Row("workshops", "", EVERYBODY),
    Row("workshop workshop_calendar", "workshop.key", EVERYBODY),
    Row("workshop workshop_calendar", "draft.key", "404 404 404 200 404 200 404 200 404 404"),
    Row("workshop_calendar_personal", "workshop.key calendar_token", EVERYBODY),
    Row("country", "", "302 404 404 404 404 404 404 404 200 404"),
    Row("workshop_register", "workshop.key", "302 302 200 200 200 200 200 200 200 200"),
    Row("workshop_register", "workshop.key", LED_ON, post="also"),
    Row("workshop_unregister", "workshop.key", OWN),
    Row("workshop_unregister", "workshop.key", DO_TO_OWN, post="also"),
    Row("nominate", "asking.key", "302 404 404 404 404 404 404 404 200 404"),
    Row("nominate", "asking.key", "403 404 404 404 404 404 404 404 200 404", post="also"),
    Row("nomination_withdraw", "nomination.pk", "302 404 404 404 404 404 404 404 200 404"),
    Row("nomination_withdraw", "nomination.pk", "302 404 404 404 404 404 404 404 302 404", post="also"),
    Row("nomination_answer", "nomination_token", EVERYBODY),
    Row("nomination_answer", "nomination_token", EVERYBODY, post="also"),
    # Workshops: for those who run them
    Row("nominations nominations_export", "asking.key", RUN_IT),
    Row("nominations", "asking.key", held(RUN_IT), post="also"),
    Row("workshops_mine workshop_create", "", TEACH),
    Row("workshop_create", "", held(TEACH), post="also"),
    Row("workshop_manage workshop_edit workshop_cancel workshop_message session_add", "workshop.key", RUN_IT),
    Row("workshop_edit workshop_cancel workshop_message session_add", "workshop.key", held(RUN_IT), post="also"),
    Row("workshop_announce workshop_open workshop_close trainer_add", "workshop.key", DO_RUN_IT, post=True),
    Row("trainer_remove", "workshop.key workshop_trainer.pk", DO_RUN_IT, post=True),
    Row("workshop_before", "workshop.key", RUN_IT),
    Row("workshop_before", "workshop.key", RUN_IT, post="also"),
    Row("before_remove", "workshop.key asked_before.pk", DO_RUN_IT, post=True),
    Row("session_edit session_delete attendance_session", "workshop.key session.pk", RUN_IT),
    Row("session_edit", "workshop.key session.pk", held(RUN_IT), post="also"),
    Row("session_delete", "workshop.key session.pk", DO_RUN_IT, post="also"),
    Row("attendance_session", "workshop.key session.pk", held(DO_RUN_IT), post="also"),
    Row(
        "registrations registrations_csv registration_add attendance workshop_sheet workshop_slips",
        "workshop.key",
        RUN_IT,
    ),
    Row("registration_add", "workshop.key", held(RUN_IT), post="also"),
    Row("attendance", "workshop.key", held(DO_RUN_IT), post="also"),
    Row("registration_cancel", "workshop.key registration.pk", RUN_IT),
    Row("registration_cancel", "workshop.key registration.pk", DO_RUN_IT, post="also"),
    # Certificates
    Row("certificate_check", "", EVERYBODY),
    Row("certificate_check", "certificate.serial", EVERYBODY),
    Row("my_certificates", "", SIGNED_IN),
    Row("certificate_download", "certificate.serial", OWN_OR_ORGANISE),
    Row("certificate_link", "mail_token", EVERYBODY),
    Row("certificates", "", ORGANISERS),
    Row("certificates_issue", "cohort_kind cohort.pk", ORGANISE_IT),
    Row("certificates_issue", "cohort_kind cohort.pk", ORGANISE_IT, post="also"),
    Row("certificates_issue", "workshop_kind workshop.pk", ORGANISE_IT),
    Row("batch batch_archive", "batch.key", ORGANISE_IT),
    Row("batch_approve batch_retry batch_pack", "batch.key", DO_ORGANISE_IT, post=True),
    Row("certificate", "certificate.serial", "302 302 404 404 404 200 404 200 404 404"),
    Row("certificate_end", "certificate.serial", held(ORGANISE_IT), post=True),
    Row("certificate_withdraw", "certificate.serial", OWN_OR_ORGANISE),
    Row("certificate_withdraw", "certificate.serial", DO_TO_ORGANISED, post="also"),
    # The admin
    Row("audit_report audit_report_results", "", ADMIN_ORGANISERS),
    Row("certificate_templates: index index_results add", "", ADMIN_ORGANISERS),
    Row("certificate_templates: edit history history_results", "template.pk", ADMIN_ORGANISE_IT),
    Row("certificate_ledger: index index_results", "", ADMIN_ORGANISERS),
    Row("certificate_ledger: history history_results", "certificate.pk", "302 403 403 404 404 302 404 302 403 404"),
    Row("workshops: index index_results", "", ADMIN_TEACH),
    Row("workshops: edit history history_results", "workshop.pk", ADMIN_RUN_IT),
    Row("workshops:archive", "workshop.pk", ADMIN_RUN_IT),
    Row("courses: index index_results", "", ADMIN_TEACH),
    Row("courses:add", "", ADMIN_ORGANISERS),
    Row("courses: edit history history_results", "course.pk", ADMIN_RUN_IT),
    Row("syllabus: index index_results add", "", ADMIN_ORGANISERS),
    Row("syllabus: edit delete history history_results", "syllabus_entry.pk", ADMIN_ORGANISE_IT),
    Row("cohorts_admin: index index_results", "", ADMIN_TEACH),
    Row("cohorts_admin:add", "", ADMIN_ORGANISERS),
    Row("cohorts_admin: edit history history_results", "cohort.pk", ADMIN_RUN_IT),
    Row("participant_chooser: choose choose_results", "", ADMIN_STAFF),
    Row("participant_chooser:chosen_multiple", "", ADMIN_STAFF),
    Row("participant_chooser:create", "", ADMIN_ORGANISERS),
    Row("participant_chooser:chosen", "walk_in.pk", ADMIN_ORGANISE_IT),
    Row("participants: index index_results add", "", ADMIN_ORGANISERS),
    Row("participants: edit history history_results link activation", "walk_in.pk", ADMIN_ORGANISE_IT),
    Row("participants:merge", "walk_in.pk", "302 403 403 404 404 302 404 200 403 404"),
    Row("participants:erase", "walk_in.pk", "302 403 403 404 404 302 404 302 403 404"),
    Row("designations: index index_results", "", ADMIN_ORGANISERS),
    Row("designations:add", "", ADMIN_HEAD),
    Row("designations: history history_results confirm refuse", "claim.pk", ADMIN_HEAD_OF_IT),
    Row("designations:end", "claim.pk", "302 403 403 404 404 404 404 302 403 404"),
    Row("quizzes: index index_results add", "", ADMIN_WRITERS),
    Row("quizzes:try", "quiz.pk", ADMIN_SENT_ON),
    Row("questions:try", "question.pk", ADMIN_SENT_ON),
    Row("quizzes: edit history history_results retire", "quiz.pk", ADMIN_WRITE_IT),
    Row("quizzes:revive", "quiz.pk", ADMIN_SENT_ON),
    Row("questions: index index_results add", "", ADMIN_WRITERS),
    Row("questions: edit history history_results retire", "question.pk", ADMIN_WRITE_IT),
    Row("questions:revive", "question.pk", ADMIN_SENT_ON),
    Row("caption_files: index index_results add", "", ADMIN_WRITERS),
    Row("caption_files: edit delete history history_results", "caption.pk", ADMIN_WRITE_IT),
    Row("organisations: index index_results", "", ADMIN_TEACH),
    Row("organisations:add", "", ADMIN_ORGANISERS),
    Row("organisations: edit history history_results", "organisation.pk", "302 403 403 302 302 200 200 200 403 404"),
    Row("organisation_chooser: choose choose_results", "", ADMIN_STAFF),
    Row("organisation_chooser:chosen_multiple", "", ADMIN_STAFF),
    Row("organisation_chooser:create", "", ADMIN_ORGANISERS),
    Row("organisation_chooser:chosen", "organisation.pk", "302 403 403 200 200 200 200 200 403 404"),
    Row("programmes: index index_results", "", ADMIN_ORGANISERS),
    Row("programmes:add", "", ADMIN_HEAD),
    Row("programmes: edit history history_results", "programme.pk", "302 403 403 302 302 200 404 200 403 404"),
    Row("roles: index index_results add", "", ADMIN_ORGANISERS),
    Row("roles: history history_results revoke", "role.pk", ADMIN_RUN_IT),
    Row("wagtailusers_users: index index_results add", "", "302 403 403 302 302 302 302 302 403 302"),
    Row(
        "wagtailusers_users: edit history history_results", "cast.learner.pk", "302 403 403 404 404 404 404 404 403 404"
    ),
    Row("seen_report seen_report_results", "", ADMIN_ORGANISERS),
    Row("data_notices: index index_results", "", ADMIN_ORGANISERS),
    Row("data_notices:add", "", ADMIN_HEAD),
    Row("data_notices:edit", "notice.pk", ADMIN_HEAD),
    Row("data_notices: history history_results", "notice.pk", ADMIN_ORGANISERS),
    Row("quizzes: questions statistics", "quiz.pk", ADMIN_WRITE_IT),
    Row("questions: versions statistics", "question.pk", ADMIN_WRITE_IT),
    Row("questions:regrade", "question.pk", "302 403 403 404 404 200 200 200 403 302"),
    Row("question_categories: index index_results add", "", ADMIN_WRITERS),
    Row("question_categories: edit history history_results", "category.pk", ADMIN_WRITE_IT),
    Row("question_imports: index index_results add", "", ADMIN_WRITERS),
    Row("question_imports: report give-up history history_results", "brought.pk", ADMIN_WRITE_IT),
    Row("export_questions", "", ADMIN_WRITERS),
    Row("question_picture", "", "302 403 403 302 302 404 404 404 403 404"),
    Row("extra_time: index index_results add", "", ADMIN_ORGANISERS),
    Row("extra_time: edit history history_results withdraw", "allowance.pk", "302 403 403 404 404 200 404 200 403 404"),
    Row("glossary_terms: index index_results", "", ADMIN_STAFF),
    Row("glossary_terms:add", "", ADMIN_WRITERS),
    Row("glossary_terms: edit delete history history_results", "term.pk", ADMIN_WRITERS),
    Row("courses:copy_as_template", "course.pk", ADMIN_RUN_IT),
    Row("lessons_copy_module", "module.pk", "302 403 403 302 302 200 200 200 403 200"),
]


def ours() -> Iterator[str]:
    """Yield the name of every address whose view is in the rooms of this project."""
    reverse("wagtailadmin_home")  # loads the hooks

    def walk(patterns, spaces):
        for pattern in patterns:
            if not isinstance(pattern, URLPattern):
                yield from walk(pattern.url_patterns, [*spaces, pattern.namespace] if pattern.namespace else spaces)
            elif pattern.name and is_ours(pattern.callback):
                yield ":".join([*spaces, pattern.name])

    yield from walk(get_resolver().url_patterns, [])


def is_ours(view) -> bool:
    module = (getattr(view, "view_class", None) or inspect.unwrap(view)).__module__
    return module.startswith(ROOMS)


ROOMS = ("accounts.", "core.", "courses.", "home.", "institutions.", "jobs.", "media.", "modules.")


@pytest.fixture(scope="module", autouse=True)
def files_apart(tmp_path_factory):
    """As for every test, but for all of this module at once."""
    with files_in(tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="module")
def world(files_apart, django_db_setup, django_db_blocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        yield make_world()
        transaction.set_rollback(True)
        cache.clear()


@pytest.fixture(scope="module")
def clients(world) -> dict[str, Client]:
    signed_in = {who: Client() for who in PEOPLE}
    for who, client in signed_in.items():
        if who != "visitor":
            client.force_login(getattr(world.cast, who))
    return signed_in


def ask(client: Client, method: str, url: str) -> int:
    """Return the answer's status; nothing that the request did stays."""
    with transaction.atomic():
        response = getattr(client, method)(url)
        list(response)  # a stream is read and closed
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_everybody_gets_the_answer_of_the_table(row, world, clients):
    expected = [int(answer) for answer in row.answers.split()]
    args = [getattr(value, "pk", value) for value in (attrgetter(path)(world) for path in row.objects.split())]
    wrong = []
    for name in row.urls:
        url = reverse(name, args=args)
        got = [ask(clients[who], "post" if row.post else "get", url) for who in PEOPLE]
        if got != expected:
            wrong.append(f"{name}: if this is meant, write: {'  '.join(map(str, got))}")
        if row.post is True and {ask(clients[who], "get", url) for who in ("visitor", "head")} != {405}:
            wrong.append(f"{name} answers a GET")
    assert not wrong, "\n".join(["answers to " + ", ".join(PEOPLE), *wrong])


def test_every_address_of_ours_has_a_row():
    listed = {name for row in TABLE for name in row.urls}
    missing = sorted(set(ours()) - listed)
    rows = "\n".join(f'    Row("{name}", "<objects of tests/site/world.py>", <answers>),' for name in missing)
    assert not missing, f"Say in TABLE of {__file__} who gets what:\n{rows}"
    assert listed - set(ours()) == set(), "rows of addresses that are gone"


def test_the_walk_finds_the_addresses_that_are_there():
    assert {"healthz", "workshop_manage", "certificate_link", "roles:revoke", "lesson_page"} <= set(ours())
