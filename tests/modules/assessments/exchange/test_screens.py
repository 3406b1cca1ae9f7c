"""Import and export in the admin: look first, confirm, take along. Only for those who write quizzes."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from institutions.models import Role
from institutions.services import grant_role
from jobs.running import run
from modules.assessments.models import Question, QuestionCategory, QuestionImport, QuestionVersion

from .test_import import hotspot, png

FILE = (
    "$CATEGORY: Laws\n\n::One::Which?{=right ~wrong}\n\n::Two::Only words.\n\n::Three::Broken{=a\n\n"
    "::Four <b>::Name it{=abs =ABS}\n"
)


@pytest.fixture
def editor(client, cast):
    grant_role(actor=None, user=cast.outsider, role=Role.EDITOR)
    client.force_login(cast.outsider)
    return cast.outsider


@pytest.fixture
def upload(client, editor, django_capture_on_commit_callbacks):
    def uploaded(text: str | bytes = FILE, name: str = "q.gift", **fields):
        content = text.encode() if isinstance(text, str) else text
        data = {"file": SimpleUploadedFile(name, content), "language": "en", **fields}
        return client.post(reverse("question_imports:add"), data)

    return uploaded


def page(client, brought, query: str = "") -> str:
    return client.get(reverse("question_imports:report", args=[brought.pk]) + query).content.decode()


def test_a_file_is_looked_at_then_confirmed(client, upload, editor):
    response = upload()
    brought = QuestionImport.objects.get()
    assert response["Location"] == reverse("question_imports:report", args=[brought.pk])
    assert "data-job" in page(client, brought)
    run(brought.job.key)
    assert not Question.objects.exists()
    shown = page(client, brought)
    for words in ("One", "Two", "Three", "Four &lt;b&gt;", "This is a text without a question", "no “}” ends them"):
        assert words in shown
    assert "Import 2 questions" in shown
    assert "Three" not in page(client, brought, "?show=new")
    client.post(reverse("question_imports:report", args=[brought.pk]))
    brought.refresh_from_db()
    run(brought.job.key)
    brought.refresh_from_db()
    assert brought.state == "done"
    assert not brought.file
    assert Question.objects.count() == 2
    assert "2 of 4 questions were imported" in page(client, brought)
    assert {row.created_by for row in QuestionVersion.objects.all()} == {editor}


def test_a_file_of_nothing_but_hotspots_can_be_confirmed(client, upload):
    upload(hotspot("a.png", png()), "q.xml")
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    assert "Import 1 question" in page(client, brought)
    client.post(reverse("question_imports:report", args=[brought.pk]))
    brought.refresh_from_db()
    run(brought.job.key)
    assert Question.objects.count() == 1


def test_running_the_work_twice_imports_once(client, upload):
    upload()
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    client.post(reverse("question_imports:report", args=[brought.pk]))
    brought.refresh_from_db()
    from modules.assessments.services import bringing

    bringing.write(claimed(brought.job))
    bringing.write(brought.job)
    assert Question.objects.count() == 2


def claimed(job):
    from jobs.running import claim

    return claim(job.key)


def test_confirming_twice_is_refused_in_words(client, upload):
    upload()
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    for _time in range(2):
        response = client.post(reverse("question_imports:report", args=[brought.pk]))
    assert "This file has gone on since" in response.content.decode()


def test_a_file_that_cannot_be_read_says_why_and_can_be_given_up(client, upload):
    upload("<quiz><question", "q.xml")
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    brought.refresh_from_db()
    assert brought.state == "unreadable"
    assert "Line 1" in page(client, brought)


def test_what_is_no_file_of_questions_is_refused_at_once(client, upload):
    response = upload(b"\x89PNG\r\n\x1a\n\x00\x00", "q.png")
    assert response.status_code == 200
    assert "none of the formats" in response.content.decode()
    assert not QuestionImport.objects.exists()


def test_giving_up_forgets_the_file(client, upload, django_capture_on_commit_callbacks):
    upload()
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("question_imports:give-up", args=[brought.pk]))
    brought.refresh_from_db()
    assert (brought.state, bool(brought.file), Question.objects.count()) == ("cancelled", False, 0)


def test_the_category_chosen_holds_those_of_the_file(client, upload):
    held = QuestionCategory.objects.create(titles={"en": "A/B"})
    upload(into=held.pk, new_category="2026")
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    client.post(reverse("question_imports:report", args=[brought.pk]))
    brought.refresh_from_db()
    run(brought.job.key)
    category = Question.objects.first().category
    assert [category.title, category.parent.title, category.parent.parent] == ["Laws", "2026", held]


@pytest.mark.parametrize("number", [1, 120])
def test_the_pages_cost_the_same_whatever_the_file_holds(client, upload, number, django_assert_max_num_queries):
    upload("".join(f"::Q{place}::Which?{{=a ~b}}\n\n" for place in range(number)))
    brought = QuestionImport.objects.get()
    run(brought.job.key)
    client.get(reverse("question_imports:index"))
    with django_assert_max_num_queries(16):
        page(client, brought)
    with django_assert_max_num_queries(20):
        client.get(reverse("question_imports:index"))


@pytest.fixture
def bank(editor):
    from modules.assessments.services import put_category, put_question

    category = put_category(actor=editor, path=["Laws"], language="en")
    for key, type, choices in (("one", "single", "ab"), ("two", "single", "abc")):
        put_question(
            actor=editor,
            key=key,
            type=type,
            language="en",
            text=f"Question {key}?",
            choices=[{"id": id, "text": id, "correct": id == "a"} for id in choices],
        )
    put_question(
        actor=editor,
        key="three",
        type="ordering",
        language="en",
        text="Which order?",
        body={"items": ["a", "b"]},
        parts={"a": {"text": "first"}, "b": {"text": "second"}},
    )
    Question.objects.filter(key="one").update(category=category)
    return category


def test_the_export_says_what_is_left_out_and_gives_the_file(client, bank):
    url = reverse("export_questions")
    assert "Look at what it holds" in client.get(url).content.decode()
    shown = client.get(url, {"format": "gift", "language": "en"}).content.decode()
    assert "2 of 3 questions can be exported" in shown
    assert "Which order?" in shown
    response = client.get(url, {"format": "gift", "language": "en", "download": "1"})
    text = b"".join(response.streaming_content).decode()
    assert response["Content-Disposition"].endswith('.txt"')
    assert text.count("::") == 4
    one = client.get(url, {"format": "moodle-xml", "language": "en", "download": "1", "category": bank.pk})
    assert b"".join(one.streaming_content).count(b"<question ") == 2  # the category and its question


@pytest.mark.parametrize("format", ["moodle-xml", "csv"])
def test_what_is_exported_comes_back_as_the_same(client, bank, bring, format):
    response = client.get(reverse("export_questions"), {"format": format, "language": "en", "download": "1"})
    report = bring(b"".join(response.streaming_content), format)
    assert [row.state for row in report.rows] == ["same"] * 3
    assert Question.objects.count() == 3


@pytest.mark.parametrize("name", ["learner", "trainer", "focal_point"])
def test_nobody_else_imports_or_exports(client, cast, upload, name):
    upload()
    brought = QuestionImport.objects.get()
    client.force_login(getattr(cast, name))
    for address in (
        reverse("question_imports:index"),
        reverse("question_imports:add"),
        reverse("question_imports:report", args=[brought.pk]),
        reverse("question_imports:give-up", args=[brought.pk]),
        reverse("export_questions") + "?format=gift&language=en&download=1",
    ):
        assert client.get(address).status_code in (302, 403, 404), address
        assert client.post(address).status_code in (302, 403, 404, 405), address
    brought.refresh_from_db()
    assert brought.state == "checking"


def test_visitors_are_asked_to_sign_in(client, db):
    for name in ("question_imports:index", "export_questions"):
        assert client.get(reverse(name)).status_code == 302
