"""Words of the glossary in a text: the first occurrence of each, never where a link would harm."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.reference.explain import Entry, explain


def entry(name: str, *forms: str) -> Entry:
    slug = name.casefold().replace(" ", "-")
    return Entry(slug, name, f"What {name} means.", "A source", f"/en/glossary/#{slug}", (name, *forms))


PIC = entry("Prior informed consent", "PIC")
CONSENT = entry("Consent")
PARTY = entry("Party", "Parties")
ENTRIES = [CONSENT, PIC, PARTY]


def linked(html: str, entries=ENTRIES, language: str = "en") -> list[str]:
    return re.findall(r'<a class="term"[^>]*>(.*?)</a>', explain(html, entries, language)[0], re.DOTALL)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Ask for prior informed consent.</p>", ["prior informed consent"]),
        ("<p>Ask for <b>PIC</b> first, then PIC again.</p>", ["PIC"]),
        ("<p>A pic of a topic.</p>", []),
        ("<p>Consents of the parties; the Party.</p>", ["Consents", "parties"]),
        ("<p>prior\n  informed consent</p>", ["prior\n  informed consent"]),
        ("<h2>Consent</h2><p>Then consent.</p>", ["consent"]),
        ('<p><a href="/x/">Consent <b>here</b></a>, consent</p>', ["consent"]),
        ("<table><caption>Party</caption><tr><th>Party</th><td>Party</td></tr></table>", ["Party"]),
        ("<details><summary>Party</summary><p>none</p></details>", []),
        ("<figure><figcaption>Party</figcaption></figure>", []),
        ("<p>nonconsent, consenting</p>", []),
        ("<p>Tom &amp; Ann&#x27;s consent &lt;b&gt;</p>", ["consent"]),
        ('<p title="consent"><img alt="consent"></p>', []),
        ("", []),
    ],
)
def test_the_first_occurrence_of_a_word_is_linked(html, words):
    assert linked(html) == words


def test_the_longer_word_goes_first_and_the_shorter_is_found_elsewhere():
    html, used = explain("<p>Prior informed consent. Consent.</p>", ENTRIES, "en")
    assert [found.name for found in used] == ["Prior informed consent", "Consent"]
    assert html.count("<a ") == 2


@pytest.mark.parametrize(
    ("language", "name", "text", "word"),
    [
        ("ar", "الموافقة المسبقة", "يشترط والموافقة المسبقة عن علم", "والموافقة المسبقة"),
        ("ar", "بروتوكول", "في البروتوكول نفسه", "البروتوكول"),
        ("zh-hans", "遗传资源", "利用遗传资源的研究", "遗传资源"),
        ("fr", "ressource génétique", "les Ressources génétiques", None),
        ("fr", "point de contrôle", "un POINT de contrôle", "POINT de contrôle"),
        ("ru", "сторона", "Сторона принимает меры", "Сторона"),
    ],
)
def test_each_script_has_its_own_rules(language, name, text, word):
    assert linked(f"<p>{text}</p>", [entry(name)], language) == ([word] if word else [])


def test_what_is_added_is_escaped():
    strange = Entry('a"><script>', "Tom & <Co>", "", "", '/en/"><script>', ("Tom & <Co>",))
    html, used = explain("<p>Tom &amp; &lt;Co&gt; agree</p>", [strange], "en")
    assert used == [strange] and "<script>" not in html and "Tom &amp; &lt;Co&gt;</a>" in html


def test_without_a_glossary_nothing_changes():
    assert explain("<p>Consent</p>", [], "en") == ("<p>Consent</p>", [])


class _Text(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = st.sampled_from(
    [
        "consent",
        " ",
        "PIC",
        "<b>",
        "</b>",
        "&amp;",
        "Party",
        "<br>",
        "<br/>",
        "<!-- consent -->",
        "é",
        "&#x27;",
        "<p>",
        "</p>",
    ]
)


@given(st.lists(PIECES, max_size=30))
def test_the_text_itself_never_changes(pieces):
    html = "".join(pieces)
    after, used = explain(html, ENTRIES, "en")
    assert _Text(after).text == _Text(html).text
    assert len(used) == len(set(used)) == after.count('class="term"')
    if not used:
        assert after == html
