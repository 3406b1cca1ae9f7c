"""Content of Moodle's multilang filters becomes words in each of our languages; what has no place here is named."""

from __future__ import annotations

import pytest

from modules.assessments.models import Question
from modules.assessments.types.choice.exchange import names_in

from .test_losses import answers, only, xml


def spans(**words: str) -> str:
    return "".join(f'<span lang="{code}" class="multilang">{text}</span>' for code, text in words.items())


def blocks(**words: str) -> str:
    return "".join(f"{{mlang {code}}}{text}{{mlang}}" for code, text in words.items())


@pytest.mark.parametrize("written", [spans, blocks])
def test_each_language_has_its_words(written):
    body = answers((written(en="Yes", fr="Oui"), 100), (written(en="No", fr="Non"), 0))
    asked = written(en="Is <b>it</b>?", fr="Est-ce <b>vrai</b> ?")
    draft = only(xml("multichoice", f"<p>{asked}</p>", body), "moodle-xml")
    assert (draft.text, draft.part("a"), draft.part("b"), draft.lost) == ("<p>Is <b>it</b>?</p>", "Yes", "No", [])
    assert draft.translations == {
        "fr": {
            "text": "<p>Est-ce <b>vrai</b> ?</p>",
            "feedback": "",
            "parts": {"a": {"text": "Oui", "feedback": ""}, "b": {"text": "Non", "feedback": ""}},
        }
    }


def test_paragraphs_stand_in_blocks_and_words_for_all_outside():
    text = f"<p>1.</p>{blocks(en='<p>Yes</p>', ar='<p>نعم</p>', other='<p>–</p>')}"
    draft = only(xml("essay", text), "moodle-xml")
    assert draft.text == "<p>1.</p><p>Yes</p>"
    assert draft.translations["ar"]["text"] == "<p>1.</p><p>نعم</p>"


def test_one_block_may_name_several_languages_and_codes_differ():
    text = "{mlang en_us,es}A{mlang}{mlang zh_cn}基{mlang}{mlang other}X{mlang}"
    draft = only(xml("essay", text), "moodle-xml")
    assert draft.text == "<p>A</p>"
    assert {code: words["text"] for code, words in draft.translations.items()} == {
        "es": "<p>A</p>",
        "zh-hans": "<p>基</p>",
    }


def test_what_the_platform_has_no_language_for_is_named():
    draft = only(xml("essay", spans(en="Yes", de="Ja")), "moodle-xml")
    assert (draft.text, draft.translations) == ("<p>Yes</p>", {})
    assert draft.lost == ["its words in the language “de”"]


def test_words_that_are_not_whole_are_named():
    body = answers((spans(en="Yes", fr="Oui"), 100), (spans(en="No", es="No"), 0))
    draft = only(xml("multichoice", "?", body), "moodle-xml")
    assert draft.translations == {}
    assert len(draft.lost) == 2


def test_words_of_another_language_alone_are_taken_and_told():
    draft = only(xml("essay", spans(fr="Oui", es="Sí")), "moodle-xml")
    assert draft.text == "<p>Oui</p>"
    assert draft.lost == ["that some of its words are in another language: they are taken for its own"]


def test_true_and_false_are_called_so_in_each_language():
    body = '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
    draft = only(xml("truefalse", spans(en="Yes?", fr="Oui ?"), body), "moodle-xml")
    assert [part["text"] for part in draft.translations["fr"]["parts"].values()] == names_in("fr")


def test_gift_has_them_too():
    draft = only(spans(en="A?", fr="B ?").replace("=", r"\=") + "{T}", "gift")
    assert (draft.text, draft.translations["fr"]["text"]) == ("<p>A?</p>", "<p>B ?</p>")


def test_the_languages_come_into_the_bank_and_stay_the_same(bring, newest):
    quiz = xml("multichoice", spans(en="One?", fr="Un ?"), answers((spans(en="Yes", fr="Oui"), 100), ("No", 0)))
    bring(quiz, "moodle-xml")
    words = {row.language: row for row in newest().texts.all()}
    assert {language: row.text for language, row in words.items()} == {"en": "<p>One?</p>", "fr": "<p>Un ?</p>"}
    assert words["fr"].parts["a"]["text"] == "Oui"
    assert bring(quiz, "moodle-xml").rows[0].state == "same"
    assert bring(quiz.replace("Un ?", "Deux ?"), "moodle-xml").rows[0].state == "changed"
    assert newest().texts.get(language="fr").text == "<p>Deux ?</p>"
    assert (Question.objects.count(), newest().number) == (1, 1)


def test_a_name_and_the_id_of_another_system_come_back(bring):
    from modules.assessments.services.exporting import Export

    quiz = xml("essay", "Which law?").replace("</name>", "</name><idnumber>ABS-7</idnumber>")
    bring(quiz, "moodle-xml")
    question = Question.objects.get()
    assert (question.name, question.idnumber, str(question)) == ("One", "ABS-7", "One")
    for format in ("moodle-xml", "gift", "csv"):
        text = "".join(Export(Question.objects.all(), format, "en").parts())
        assert "ABS-7" in text and "One" in text
        assert bring(text, format, category="Elsewhere").rows[0].state == "same"
    bring(quiz.replace("One", "Two"), "moodle-xml", category="Elsewhere")
    question.refresh_from_db()
    assert Question.objects.count() == 2  # without our key beside it, id and category are what tells


def test_a_question_without_a_name_is_called_by_its_first_words(bring):
    bring("Which law is this?{T}", "gift")
    assert Question.objects.get().name == "Which law is this?"
    bring("::A name::Which law is this?{T}", "gift", category="x")
    assert sorted(Question.objects.values_list("name", flat=True)) == ["A name", "Which law is this?"]
