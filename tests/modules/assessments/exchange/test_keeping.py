"""A file of another system has no ids of ours: where its answers stand in another order, each keeps its own id."""

from __future__ import annotations

import pytest

from modules.assessments.models import Question
from modules.assessments.services.exporting import Export

from .test_losses import answers, xml
from .test_qti import CHOICES, ITEMS, declared, item, package


def gift(*choices: str) -> str:
    return "::Q::Which law?{" + " ".join(choices) + "}\n\n"


def named(name: str, kind: str, text: str, body: str = "") -> str:
    return xml(kind, text, body).replace("<text>One<", f"<text>{name}<")


def said(version, language: str = "en") -> dict[str, str]:
    return {id: part["text"] for id, part in version.texts.get(language=language).parts.items() if part.get("text")}


FIRST = gift("=Nagoya", "~Cartagena", "~Basel", "~Rotterdam")


@pytest.mark.parametrize(
    ("again", "ids"),
    [
        (gift("~Basel", "=Nagoya", "~Rotterdam", "~Cartagena"), ["c", "a", "d", "b"]),
        (gift("~Basel", "=Nagoya Protocol", "~Rotterdam", "~Cartagena"), ["c", "a", "d", "b"]),  # one was reworded
        (gift("~Basel", "~Minamata", "=Nagoya", "~Rotterdam", "~Cartagena"), ["c", "e", "a", "d", "b"]),
        (gift("~Minamata", "=Nagoya", "~Stockholm", "~Basel"), ["e", "a", "f", "c"]),
        (gift("~Basel", "=Nagoya"), ["c", "a"]),
    ],
)
def test_choices_in_another_order_keep_their_ids(bring, newest, again, ids):
    bring(FIRST)
    bring(again)
    version = newest("q")
    assert [choice["id"] for choice in version.body["choices"]] == ids
    right = next(choice["id"] for choice in version.body["choices"] if choice["correct"])
    assert said(version)[right].startswith("Nagoya")
    assert [row.state for row in bring(again).rows] == ["same"]


def test_the_id_of_an_answer_that_is_gone_never_comes_back(bring, newest):
    bring(FIRST)
    bring(gift("=Nagoya", "~Cartagena", "~Basel"))
    bring(gift("=Nagoya", "~Cartagena", "~Basel", "~Minamata"))
    assert said(newest("q")) == {"a": "Nagoya", "b": "Cartagena", "c": "Basel", "e": "Minamata"}


def test_a_translation_stays_with_its_answer(bring, newest):
    bring(FIRST)
    bring(gift("=NagoyaFR", "~CartagenaFR", "~BaselFR", "~RotterdamFR"), language="fr")
    bring(gift("~Basel", "~Rotterdam", "=Nagoya", "~Cartagena"))
    assert all(french == f"{said(newest('q'))[id]}FR" for id, french in said(newest("q"), "fr").items())
    # the translated file comes in the order of the new one, with two words mended
    bring(gift("~BaselFR", "~Rotterdam (FR)", "=NagoyaFR", "~Carthagène"), language="fr")
    version = newest("q")
    assert said(version, "fr") == {"a": "NagoyaFR", "b": "Carthagène", "c": "BaselFR", "d": "Rotterdam (FR)"}
    assert said(version)["d"] == "Rotterdam"


def test_words_in_a_further_language_follow_the_order_that_the_question_has_by_now(bring, newest):
    bring(FIRST)
    bring(gift("~Basel", "~Rotterdam", "=Nagoya", "~Cartagena"))
    number = newest("q").number
    bring(gift("~Bâle", "~Rotterdam", "=Nagoya", "~Carthagène"), language="fr")
    assert newest("q").number == number
    assert said(newest("q"), "fr") == {"c": "Bâle", "d": "Rotterdam", "a": "Nagoya", "b": "Carthagène"}


def test_pairs_in_another_order_keep_their_ids(bring, newest):
    bring("::M::Pair{=ABS -> Nagoya =LMO -> Cartagena =waste -> Basel}\n\n")
    bring("::M::Pair{=waste -> Basel =ABS -> Nagoya =LMO -> Cartagena}\n\n")
    version = newest("m")
    assert version.body["items"] == [{"id": "3", "target": "c"}, {"id": "1", "target": "a"}, {"id": "2", "target": "b"}]
    assert said(version)["c"] == "Basel"


def test_numbers_and_wordings_in_another_order_keep_their_ids(bring, newest):
    bring("::N::Year?{#=2010:0 =%50%2014:0}\n\n::S::Who?{=Party#Yes =%50%State#Half}\n\n")
    bring("::N::Year?{#=%50%2014:0 =2010:0}\n\n::S::Who?{=%50%State#Half =Party#Yes}\n\n")
    assert [answer["id"] for answer in newest("n").body["answers"]] == ["b", "a"]
    assert [answer["id"] for answer in newest("s").body["answers"]] == ["b", "a"]
    assert said(newest("s")) == {"a": "Party", "b": "State"}


def test_gaps_and_their_choices_in_another_order_keep_their_ids(bring, newest):
    first = named("G", "cloze", "{1:SA:=2010} by {1:MC:=PIC~MAT~ABS}")
    bring(first, "moodle-xml")
    bring(named("G", "cloze", "By {1:MC:~ABS~MAT~=PIC} in {1:SA:=2010}"), "moodle-xml")
    version = newest("g")
    assert version.body["gaps"] == [{"id": "2", "choices": ["c", "b", "a"], "right": "a"}, {"id": "1"}]
    assert version.texts.get().text == "<p>By [[2]] in [[1]]</p>"
    assert said(version) == {"1": "2010", "2.a": "PIC", "2.b": "MAT", "2.c": "ABS"}


def test_the_right_order_may_change_but_not_what_an_answer_means(bring, newest):
    body = "".join(answers((text, place)) for place, text in enumerate(("PIC", "MAT", "use"), start=1))
    other = "".join(answers((text, place)) for place, text in enumerate(("MAT", "PIC", "use"), start=1))
    bring(named("O", "ordering", "Order?", body), "moodle-xml")
    bring(named("O", "ordering", "Order?", other), "moodle-xml")
    assert newest("o").body["items"] == ["b", "a", "c"]


def test_our_own_file_keeps_the_ids_of_several_reworded_answers(bring, newest):
    bring(FIRST)
    text = "".join(Export(Question.objects.all(), "gift", "en").parts())
    bring(text.replace("Basel", "Basel 1989").replace("Rotterdam", "Rotterdam 1998"))
    assert said(newest("q")) == {"a": "Nagoya", "b": "Cartagena", "c": "Basel 1989", "d": "Rotterdam 1998"}


# --- Control signs ------------------------------------------------------------------------------


def test_a_control_sign_in_moodle_xml_is_named_with_its_question(bring, newest):
    one, two, bad = named("A", "essay", "One?"), named("B", "essay", "Two?"), named("B", "essay", "T\x0bwo?")
    report = bring(one.replace("</quiz>", "") + bad.partition("<quiz>")[2], "moodle-xml")
    assert (report.imported, [(each.name, each.why) for each in report.unsupported]) == (
        2,
        [("B", "Imported without: control signs: “\ufffd” stands in their place.")],
    )
    assert newest("b").texts.get().text == "<p>T\ufffdwo?</p>"
    assert bring(one.replace("</quiz>", "") + two.partition("<quiz>")[2], "moodle-xml").unsupported == []


def test_a_control_sign_in_a_qti_item_is_named(bring):
    report = bring(package(ITEMS["essay"].replace("Discuss", "Dis\x01cuss")).getvalue(), "qti")
    assert "control signs" in report.unsupported[0].why


# --- QTI in several languages -------------------------------------------------------------------


def both(english: str, french: str, tag: str = "span") -> str:
    return f'<{tag} xml:lang="en">{english}</{tag}><{tag} xml:lang="fr-CA">{french}</{tag}>'


def test_a_qti_item_in_two_languages_has_the_words_of_each(bring, newest):
    choices = "".join(
        f'<simpleChoice identifier="{name}">{both(*words)}</simpleChoice>'
        for name, words in {"A": ("Yes", "Oui"), "B": ("No", "Non")}.items()
    )
    body = (
        f"<div>{both('Read <b>this</b>.', 'Lisez <b>ceci</b>.', 'p')}</div>"
        f'<choiceInteraction responseIdentifier="R"><prompt>{both("Is it?", "Est-ce vrai ?")}</prompt>{choices}'
        "</choiceInteraction>"
    )
    report = bring(package(item(body, declared(["A"]))).getvalue(), "qti")
    assert (report.imported, report.unsupported) == (1, [])
    version = newest()
    assert version.texts.get(language="en").text == "<p>Read <b>this</b>.</p><p>Is it?</p>"
    assert version.texts.get(language="fr").text == "<p>Lisez <b>ceci</b>.</p><p>Est-ce vrai ?</p>"
    assert (said(version), said(version, "fr")) == ({"a": "Yes", "b": "No"}, {"a": "Oui", "b": "Non"})


def test_a_foreign_word_in_a_qti_item_is_no_translation(bring, newest):
    body = (
        '<p>The <span xml:lang="fr">accord</span> and the <span xml:lang="es">acuerdo</span></p>'
        f'<choiceInteraction responseIdentifier="R">{CHOICES}</choiceInteraction>'
    )
    assert bring(package(item(body, declared(["A"]))).getvalue(), "qti").unsupported == []
    assert newest().texts.count() == 1


def test_a_qti_item_that_says_another_language_is_named(bring):
    french = ITEMS["essay"].replace("<assessmentItem", '<assessmentItem xml:lang="fr-FR"', 1)
    assert "“fr-FR”" in bring(package(french).getvalue(), "qti").unsupported[0].why
    assert bring(package(french).getvalue(), "qti", language="fr", category="fr").unsupported == []
