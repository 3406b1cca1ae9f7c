"""Files that mean harm are refused, or do none."""

from __future__ import annotations

import io
import os
import stat
import tracemalloc
import zipfile

import pytest

from modules.assessments.exchange import gift, moodle_xml, qti, table
from modules.assessments.exchange.encoding import lines
from modules.assessments.exchange.problems import Unreadable

MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="i1" type="imsqti_item_xmlv2p1" href="{href}"><file href="{href}"/></resource>
</resources></manifest>"""
ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1" title="One">
<responseDeclaration identifier="R" cardinality="single" baseType="identifier"><correctResponse><value>A</value>
</correctResponse></responseDeclaration><itemBody>{body}<choiceInteraction responseIdentifier="R" maxChoices="1">
<prompt>Which?</prompt><simpleChoice identifier="A">Yes</simpleChoice><simpleChoice identifier="B">No</simpleChoice>
</choiceInteraction></itemBody></assessmentItem>"""
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{"&a;" if n == 0 else f"&a{n - 1};" * 10}">' for n in range(9))
    + "]>"
)


def package(files: dict[str, str | bytes], **options) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def items(**files: str | bytes) -> io.BytesIO:
    return package({"imsmanifest.xml": MANIFEST.format(href="one.xml"), "one.xml": ITEM.format(body=""), **files})


XML_TRICKS = {
    "a bomb of entities": LAUGHS + "<quiz>&a8;</quiz>",
    "a file of the server": '<!DOCTYPE quiz [<!ENTITY f SYSTEM "file:///etc/passwd">]><quiz>&f;</quiz>',
    "an address elsewhere": '<!DOCTYPE quiz [<!ENTITY f SYSTEM "http://127.0.0.1:1/">]><quiz>&f;</quiz>',
    "a document type elsewhere": '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:1/x.dtd"><quiz/>',
    "entities of parameters": '<!DOCTYPE quiz [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><quiz/>',
    "one long entity, many times": f'<!DOCTYPE quiz [<!ENTITY a "{"x" * 5000}">]><quiz>{"&a;" * 5000}</quiz>',
}


@pytest.mark.parametrize("trick", XML_TRICKS.values(), ids=XML_TRICKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_moodle_xml_with_a_trick_is_refused(trick, encoding):
    with pytest.raises(Unreadable, match="safe"):
        list(moodle_xml.read(io.BytesIO(trick.encode(encoding))))


@pytest.mark.parametrize("trick", XML_TRICKS.values(), ids=XML_TRICKS)
def test_a_package_with_a_trick_in_its_manifest_is_refused(trick):
    with pytest.raises(Unreadable, match="safe"):
        list(qti.read(package({"imsmanifest.xml": trick})))


@pytest.mark.parametrize("trick", XML_TRICKS.values(), ids=XML_TRICKS)
def test_an_item_with_a_trick_is_a_fault_and_is_not_read(trick):
    (fault,) = qti.read(items(**{"one.xml": trick}))
    assert "safe" in fault.why
    assert "one.xml" in fault.why


def test_elements_without_end_in_depth_are_refused():
    deep = b"<quiz><question>" + b"<a>" * 100_000
    with pytest.raises(Unreadable, match="nested"):
        list(moodle_xml.read(io.BytesIO(deep)))


def test_a_question_without_end_is_refused_before_it_fills_the_memory(monkeypatch):
    from modules.assessments.exchange import safe_xml

    monkeypatch.setattr(safe_xml, "LONGEST", 300_000)
    read = 0

    class Endless(io.BytesIO):
        def read1(self, size=-1):
            nonlocal read
            part = super().read1(size)
            read += len(part)
            return part

    with pytest.raises(Unreadable, match="too long"):
        list(moodle_xml.read(Endless(b"<quiz><question><text>" + b"x" * 5_000_000)))
    assert read < 6_000_000


@pytest.mark.parametrize(
    "name", ["../one.xml", "a/../../one.xml", "/etc/one.xml", "..\\one.xml", "C:/one.xml", "\\\\host\\one.xml"]
)
def test_a_path_out_of_the_package_is_refused(name):
    with pytest.raises(Unreadable, match="outside"):
        list(qti.read(items(**{name: "x"})))


def test_a_manifest_that_points_out_of_the_package_finds_nothing():
    for href in ("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/x.xml"):
        (fault,) = qti.read(package({"imsmanifest.xml": MANIFEST.format(href=href)}))
        assert "not in the package" in fault.why


def test_a_picture_out_of_the_package_is_not_read():
    body = '<p>See <img src="../../../etc/passwd" alt="secret"/></p>'
    (record,) = qti.read(items(**{"one.xml": ITEM.format(body=body)}))
    assert "secret" in record.asked()
    assert not record.draft.pictures
    assert record.draft.lost


def test_a_link_in_the_package_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo("one.xml")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(Unreadable, match="link"):
        list(qti.read(target))


def test_a_file_that_bursts_is_refused():
    with pytest.raises(Unreadable, match="burst"):
        list(qti.read(items(**{"bomb.bin": b"\0" * 50_000_000})))


def test_a_file_that_lies_about_its_size_is_not_unpacked_beyond_the_limit():
    bomb = items(**{"one.xml": b"<a>" + b" " * 20_000_000}).getvalue()
    small = (1000).to_bytes(4, "little")
    lying = bomb.replace((20_000_003).to_bytes(4, "little"), small)
    assert lying != bomb
    tracemalloc.start()
    with pytest.raises(Unreadable):
        for record in qti.read(io.BytesIO(lying)):
            raise Unreadable(record.why)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_picture_is_unpacked_once_whatever_items_call_it():
    """A path has endlessly many spellings, and a package many items that name all its pictures."""
    spellings = [f"{'./' * number}pic%74ures/../a.png" for number in range(50)]
    body = "<p>" + "".join(f'<img src="{each}" alt="leaf"/>' for each in spellings) + "</p>"
    number = 10
    resources = "".join(
        f'<resource identifier="i{n}" type="imsqti_item_xmlv2p1" href="{n}.xml"/>' for n in range(number)
    )
    files = {f"{n}.xml": ITEM.format(body=body) for n in range(number)}
    manifest = f"<manifest><resources>{resources}</resources></manifest>"
    tracemalloc.start()
    drafts = []
    for record in qti.read(package({"imsmanifest.xml": manifest, "a.png": os.urandom(2_000_000), **files})):
        assert record.asked().count("data-picture") == len(spellings)
        drafts.append(record.draft)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert len({id(*draft.pictures.values()) for draft in drafts}) == 1


def test_an_item_that_is_named_many_times_is_read_once():
    named = MANIFEST.format(href="one.xml")
    resource = named[named.index("<resource ") : named.index("</resources>")]
    found = list(qti.read(items(**{"imsmanifest.xml": named.replace(resource, resource * 3)})))
    assert [isinstance(each, qti.Record) for each in found] == [True, False, False]
    assert "one.xml is named twice" in found[1].why and found[1].is_remark


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_a_package_of_which_python_unpacks_more_than_it_is_asked_for_is_refused(packing):
    target = items()
    with zipfile.ZipFile(target, "a", packing) as archive:
        archive.writestr("bomb.png", b"\0" * 30_000_000)
    lying = target.getvalue().replace((30_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(Unreadable, match=r"bomb\.png"):
        list(qti.read(io.BytesIO(lying)))


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(qti, "MOST_FILES", 10)
    with pytest.raises(Unreadable, match="more than 10"):
        list(qti.read(items(**{f"{number}.xml": "x" for number in range(10)})))


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(qti, "MOST_BYTES", 1000)
    with pytest.raises(Unreadable, match="MB"):
        list(qti.read(items(**{"more.txt": "x" * 1000})))


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 and no more", b"PK", b"", b"\xff\xd8\xff", b"PK\x05\x06" + b"\0" * 18]
)
def test_what_is_no_package_is_refused(content):
    with pytest.raises(Unreadable):
        list(qti.read(io.BytesIO(content)))


def test_a_damaged_file_in_the_package_is_named():
    content = items().getvalue()
    place = content.index(b"one.xml") + 20
    (fault, *_rest) = qti.read(io.BytesIO(content[:place] + b"\xff\xff\xff" + content[place + 3 :]))
    assert "one.xml" in fault.why


SCRIPTS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe src="http://evil.example"></iframe>',
    "<svg onload=alert(1)>",
    '<math><mtext><img src=x onerror="alert(1)"></mtext></math>',
    "<math href='javascript:alert(1)'>x</math>",
    '<p style="background:url(http://evil.example)">x</p>',
    '<form action="http://evil.example"><input name=a></form>',
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    '<img src="http://evil.example/pixel.gif" alt="x">',
    '<img data-picture="1" src="http://evil.example/pixel.gif">',
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_nothing_that_runs_or_calls_home_comes_in(script):
    from html import escape

    quiz = (
        '<quiz><question type="essay"><name><text>N</text></name><questiontext format="html"><text>'
        f"{escape('<p>a</p>' + script)}</text></questiontext></question></quiz>"
    )
    (record,) = moodle_xml.read(io.BytesIO(quiz.encode()))
    html = record.draft.text.lower()
    for sign in ("<script", "onerror", "onload", "javascript:", "<iframe", "<form", "style=", "data:", "<svg", "src="):
        assert sign not in html
    assert record.draft.lost or "evil.example" not in html


def test_a_table_is_never_read_as_formulas():
    rows = table.read(io.BytesIO(b"type,question,answer 1\nshort,'=1+1,'@x\n"))
    (row,) = rows
    assert (row.text, row.answers[0].text) == ("=1+1", "@x")
    written = "".join(table.write([row]))
    assert "'=1+1" in written
    assert "'@x" in written


@pytest.mark.parametrize("reader", [lambda file: gift.read(lines(file)), table.read], ids=["gift", "csv"])
def test_a_program_is_no_text(reader):
    with pytest.raises(Unreadable):
        list(reader(io.BytesIO(b"MZ\x90\x00\x03\x00\x00\x00" * 100)))
