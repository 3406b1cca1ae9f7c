"""Files as answers: saved as soon as they are chosen, checked, kept privately, removed again."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from modules.assessments import services
from modules.assessments.models import AnswerFile, Response

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def upload_of(attempt: Any) -> Any:
    return attempt.questions.get(version__type="upload")


def picture(format: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, format)
    return out.getvalue()


@pytest.fixture
def uploading(ask, begin, client, learner):
    ask("upload")
    client.force_login(learner)
    return begin()


def send(client: Any, attempt: Any, *files: tuple[str, bytes], act: str = "stay", kept: Any = ()) -> Any:
    question = upload_of(attempt)
    data: dict[str, Any] = {"act": act, "submission_key": str(uuid.uuid4()), f"q{question.pk}": list(kept)}
    data[f"q{question.pk}-new"] = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("attempt", args=[attempt.key]), data)


def answer_of(attempt: Any) -> Any:
    return attempt.questions.with_answers().get(version__type="upload").answer


def test_a_file_is_kept_privately_and_named_in_the_answer(client, uploading):
    assert send(client, uploading, ("terms.pdf", PDF)).status_code == 302
    kept = AnswerFile.objects.get()
    assert answer_of(uploading) == [str(kept.key)]
    assert kept.file.storage.location.endswith("private") and str(kept.key) in kept.file.name
    page = client.get(reverse("attempt", args=[uploading.key])).content.decode()
    assert "multipart/form-data" in page and "terms.pdf" in page
    reply = client.get(reverse("answer_file", args=[kept.key]))
    assert b"".join(reply.streaming_content) == PDF
    assert reply["Content-Disposition"] == 'attachment; filename="terms.pdf"'


def test_files_are_added_and_taken_back_up_to_the_number_allowed(client, uploading):
    send(client, uploading, ("one.pdf", PDF))
    one = answer_of(uploading)
    send(client, uploading, ("two.png", picture()), kept=one)
    both = answer_of(uploading)
    assert len(both) == 2 and both[:1] == one
    html = send(client, uploading, ("three.txt", b"Three"), kept=both).content.decode()
    assert "Hand in 2 files at most." in html
    assert answer_of(uploading) == both
    send(client, uploading, kept=both[1:])
    assert answer_of(uploading) == both[1:]
    send(client, uploading)
    assert answer_of(uploading) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("terms.exe", b"MZ", "accepted are"),
        ("terms.xlsx", b"PK", "accepted are"),  # a kind that this question does not take
        ("terms.pdf", b"not a PDF", "not what its name says"),
        ("map.png", b"\x89PNG\r\n\x1a\nbroken", "not what its name says"),
        ("map.png", picture("JPEG"), "not what its name says"),
        ("terms.txt", b"", "empty"),
        ("terms.txt", b"x" * (1024 * 1024 + 1), "too big"),
        ("page.txt", b"<html><script>", "not what its name says"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_refused_by_name(client, uploading, name, content, said):
    html = send(client, uploading, (name, content)).content.decode()
    assert name in html and said in html
    assert not AnswerFile.objects.exists()


def test_not_endless_files_are_kept(client, uploading):
    for number in range(20):
        send(client, uploading, (f"{number}.txt", b"text"))
    assert "too many files" in send(client, uploading, ("more.txt", b"text")).content.decode()
    assert AnswerFile.objects.count() == 20


def test_the_file_of_another_cannot_be_named_or_read(client, uploading, begin, stranger, trainer, may_mark):
    send(client, uploading, ("terms.pdf", PDF))
    kept = AnswerFile.objects.get()
    other = begin(user=stranger)
    client.force_login(stranger)
    assert "does not belong" in send(client, other, kept=[str(kept.key)]).content.decode()
    url = reverse("answer_file", args=[kept.key])
    assert client.get(url).status_code == 404
    client.force_login(trainer)
    assert client.get(url).status_code == 404  # not handed in yet
    services.submit_attempt(actor=uploading.learner, attempt=uploading, submission_key=uuid.uuid4())
    assert client.get(url).status_code == 200
    client.logout()
    assert client.get(url).status_code == 302


def test_after_handing_in_no_file_is_taken(client, uploading, learner):
    question = upload_of(uploading)
    services.submit_attempt(actor=learner, attempt=uploading, submission_key=uuid.uuid4())
    with pytest.raises(services.AttemptOver):
        services.add_file(actor=learner, question=question, upload=SimpleUploadedFile("a.txt", b"x"))


def test_only_the_learner_adds_a_file(uploading, stranger):
    with pytest.raises(services.NotYourAttempt):
        services.add_file(actor=stranger, question=upload_of(uploading), upload=SimpleUploadedFile("a.txt", b"x"))


def test_a_question_without_files_takes_none(begin, learner):
    question = begin().questions.first()
    with pytest.raises(services.RefusedFile):
        services.add_file(actor=learner, question=question, upload=SimpleUploadedFile("a.txt", b"x"))


# --- saved as it is chosen ----------------------------------------------------------------


def choose(
    client: Any, attempt: Any, name: str = "terms.pdf", content: bytes = PDF, key: str = "", **fields: Any
) -> Any:
    """What the page's script sends."""
    data = {"question": upload_of(attempt).pk, "key": key or str(uuid.uuid4()), **fields}
    data["file"] = SimpleUploadedFile(name, content)
    return client.post(reverse("attempt_file", args=[attempt.key]), data)


def test_a_file_is_part_of_the_answer_as_soon_as_it_is_chosen(client, uploading):
    reply = choose(client, uploading)
    said = reply.json()
    kept = AnswerFile.objects.get()
    assert reply.status_code == 200 and said["saved"] and answer_of(uploading) == [str(kept.key)]
    assert said["id"] == Response.objects.get().pk and "Saved on the server at" in said["message"]
    assert "terms.pdf" in said["html"] and "PDF" in said["html"] and f"drop:q{upload_of(uploading).pk}" in said["html"]
    choose(client, uploading, "map.png", picture())
    assert len(answer_of(uploading)) == 2


def test_a_file_sent_twice_is_kept_once(client, uploading):
    key = str(uuid.uuid4())
    assert [choose(client, uploading, key=key).json()["saved"] for _time in range(2)] == [True, True]
    assert AnswerFile.objects.count() == Response.objects.count() == 1


def test_a_file_that_arrived_in_time_is_confirmed_also_when_it_is_sent_again_too_late(client, uploading, learner):
    key = str(uuid.uuid4())
    in_time = choose(client, uploading, key=key).json()
    services.submit_attempt(actor=learner, attempt=uploading, submission_key=uuid.uuid4())
    again = choose(client, uploading, key=key)
    assert (again.status_code, again.json()["saved"], again.json()["id"]) == (200, True, in_time["id"])
    assert choose(client, uploading).status_code == 409
    assert AnswerFile.objects.count() == Response.objects.count() == 1


def test_one_file_too_many_is_refused_before_it_is_kept_and_the_others_stay(client, uploading):
    for name in ("one.pdf", "two.pdf"):
        choose(client, uploading, name)
    before = answer_of(uploading)
    reply = choose(client, uploading, "three.pdf")
    assert reply.status_code == 400 and "three.pdf" in reply.json()["message"]
    assert "2 files at most" in reply.json()["message"]
    assert answer_of(uploading) == before and AnswerFile.objects.count() == 2


def test_where_one_file_is_asked_for_a_new_one_takes_its_place(client, uploading):
    version = upload_of(uploading).version
    type(version).objects.filter(pk=version.pk).update(body={**version.body, "count": 1})
    choose(client, uploading, "one.pdf")
    choose(client, uploading, "two.pdf")
    assert answer_of(uploading) == [str(AnswerFile.objects.get(name="two.pdf").key)]


@pytest.mark.parametrize(("name", "content", "said"), [("a.exe", b"MZ", "accepted are"), ("a.txt", b"", "empty")])
def test_a_wrong_file_is_named_with_the_reason(client, uploading, name, content, said):
    reply = choose(client, uploading, name, content)
    assert (reply.status_code, reply.json()["refused"]) == (400, True)
    assert name in reply.json()["message"] and said in reply.json()["message"]
    assert not AnswerFile.objects.exists()


def test_nobody_sends_a_file_into_the_attempt_of_another(client, uploading, stranger, trainer, may_mark, begin):
    client.force_login(stranger)
    assert choose(client, uploading).status_code == 404
    other = begin(user=stranger)
    assert choose(client, other, question=upload_of(uploading).pk).status_code == 400
    client.force_login(trainer)
    assert choose(client, uploading).status_code == 404
    client.logout()
    assert choose(client, uploading).status_code == 401
    assert not AnswerFile.objects.exists()


def test_another_account_on_the_same_device_sends_nothing(client, uploading, stranger):
    assert choose(client, uploading, account=str(stranger.key)).status_code == 401
    assert not AnswerFile.objects.exists()


def stored() -> set[str]:
    folder = Path(AnswerFile._meta.get_field("file").storage.location)
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_what_is_refused_leaves_no_file_behind(client, uploading, learner, monkeypatch):
    question, single = upload_of(uploading), uploading.questions.get(version__type="single")
    choose(client, uploading)
    before = stored()
    assert len(before) == 1
    key = uuid.uuid4()
    services.save_response(actor=learner, question=single, answer=["a"], key=key)
    assert choose(client, uploading, key=str(key)).status_code == 400  # the key of another question's answer
    question.checked_at = timezone.now()
    question.save()
    assert choose(client, uploading).status_code == 400  # its feedback was seen
    monkeypatch.setattr(AnswerFile, "save_base", Mock(side_effect=DatabaseError))
    with pytest.raises(DatabaseError):
        choose(client, uploading)
    assert stored() == before and AnswerFile.objects.count() == 1


def test_after_handing_in_the_page_leads_on(client, uploading, learner):
    services.submit_attempt(actor=learner, attempt=uploading, submission_key=uuid.uuid4())
    reply = choose(client, uploading)
    assert reply.status_code == 409 and reply.json()["over"] == reverse("attempt", args=[uploading.key])


def test_a_form_that_asks_for_no_file_or_names_no_question_is_refused(client, uploading):
    single = uploading.questions.get(version__type="single")
    assert choose(client, uploading, question=single.pk).status_code == 400
    assert choose(client, uploading, question="x").status_code == 400
    assert client.post(reverse("attempt_file", args=[uploading.key])).status_code == 400


def test_a_file_is_removed_by_its_button_without_script(client, uploading):
    send(client, uploading, ("one.pdf", PDF), ("two.pdf", PDF))
    one, two = answer_of(uploading)
    reply = send(client, uploading, kept=[one, two], act=f"drop:q{upload_of(uploading).pk}:{one}")
    assert reply.status_code == 302 and "#question-" in reply["Location"]
    assert answer_of(uploading) == [two] and AnswerFile.objects.count() == 2


def test_one_file_that_is_refused_loses_neither_the_others_nor_other_answers(client, quiz, uploading, learner):
    single = uploading.questions.get(version__type="single")
    question = upload_of(uploading)
    files = [
        SimpleUploadedFile(*one) for one in (("bad.exe", b"MZ"), ("good.pdf", PDF), ("b.pdf", PDF), ("c.pdf", PDF))
    ]
    data = {"act": "hand_in", "submission_key": str(uuid.uuid4()), f"q{single.pk}": "a", f"q{question.pk}-new": files}
    html = client.post(reverse("attempt", args=[uploading.key]), data).content.decode()
    assert "bad.exe" in html and "c.pdf" in html and "Everything else is saved." in html
    assert [AnswerFile.objects.get(key=key).name for key in answer_of(uploading)] == ["good.pdf", "b.pdf"]
    assert uploading.questions.with_answers().get(pk=single.pk).answer == ["a"]
    uploading.refresh_from_db()
    assert uploading.is_open and AnswerFile.objects.count() == 2


def encrypted_odt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    content = bytearray(out.getvalue())
    for header, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + place] |= 1
    return bytes(content)


def test_a_crafted_file_is_refused_by_name_and_loses_no_other_answer(client, uploading):
    single, question = uploading.questions.get(version__type="single"), upload_of(uploading)
    file = SimpleUploadedFile("crafted.odt", encrypted_odt())
    data = {"act": "stay", "submission_key": str(uuid.uuid4()), f"q{single.pk}": "a", f"q{question.pk}-new": [file]}
    html = client.post(reverse("attempt", args=[uploading.key]), data).content.decode()
    assert "crafted.odt" in html and "not what its name says" in html
    assert uploading.questions.with_answers().get(pk=single.pk).answer == ["a"]
    assert not AnswerFile.objects.exists()
