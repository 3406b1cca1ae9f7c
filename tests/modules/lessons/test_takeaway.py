"""A module to take along: a PDF, and plain pages in a ZIP, made in the background and kept until the module changes."""

from __future__ import annotations

import io
import re
import tempfile
import tracemalloc
import zipfile

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction
from weasyprint.urls import FatalURLFetchingError

from jobs import running
from jobs.models import Job
from media.models import CampusDocument, CampusImage, CampusMedia
from modules.lessons import registry
from modules.lessons.models import ModuleFile, private_storage
from modules.lessons.takeaway.book import read_book
from modules.lessons.takeaway.making import NothingToTake, make_file, request_file
from modules.lessons.takeaway.package import write_zip
from modules.lessons.takeaway.pdf import UploadsOnly, html_of, pdf_of
from modules.lessons.takeaway.rewriting import best_size, rewrite
from modules.records.models import Item
from modules.reference.services import put_term
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_files_apart(files_apart, monkeypatch):
    monkeypatch.setattr(ModuleFile._meta.get_field("file"), "storage", private_storage())


@pytest.fixture
def picture(db):
    data = io.BytesIO()
    Image.new("RGB", (800, 400), "green").save(data, "PNG")
    return CampusImage.objects.create(
        title="A leaf",
        file=ImageFile(ContentFile(data.getvalue()), name="leaf.png"),
        collection=Collection.get_first_root_node(),
    )


@pytest.fixture
def illustrated(module, lessons, picture):
    put_term(actor=None, language="en", name="Party", definition="A State bound by it.", source="Article 2")
    recording = CampusMedia.objects.create(title="A talk", type="audio", file="talk.mp3", transcript="What is said.")
    first = lessons[0]
    first.body = [
        (
            "text",
            f'<p>A Party decides. <a href="{content.url(lessons[1])}">Read on</a>, <a href="/en/help/">help</a>.</p>',
        ),
        ("picture", {"image": picture, "alt": "A green leaf", "credit": "Us"}),
        ("media", {"media": recording}),
    ]
    content.publish(first)
    module.authors, module.licence = "A. Writer", "cc-by-4.0"
    return content.publish(module)


def zip_of(module, **choice):
    packed = io.BytesIO()
    write_zip(read_book(module.translation_key, "en"), packed, **choice)
    return zipfile.ZipFile(packed)


def item_of(page):
    return Item.objects.get(key=page.translation_key)


def run(job):
    running.run(str(job.key))
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>A<video controls><source src="x"><track></video>B</p>', "<p>AB</p>"),
        ('<img src="/a.png" alt="x &amp; y" loading="lazy">', '<img src="P/a.png" alt="x &amp; y">'),
        ('<img src="/gone" alt="A &lt;b&gt;">', "A &lt;b&gt;"),
        ('<a class="term" href="/g#t" data-term="term-t">t</a>', '<a class="term" href="L/g#t">t</a>'),
        ("a &amp; b &#x27;c&#x27; <br/>", "a &amp; b &#x27;c&#x27; <br>"),
        ("<audio/>after", "after"),
        ('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>', '<svg viewbox="0 0 1 1"><path d="M0 0"></path></svg>'),
    ],
)
def test_html_is_made_fit_for_a_book(html, expected):
    assert rewrite(html, lambda url: "" if url == "/gone" else f"P{url}", lambda a: f"L{a['href']}") == expected


def test_the_middle_size_of_a_picture_is_taken():
    assert best_size("/s", "/a 360w, /b 720w, /c 1080w") == "/b"
    assert best_size("/s", "/c 1080w") == "/s"
    assert best_size("/s", "") == "/s"


def test_the_pdf_has_contents_lessons_words_authors_and_page_numbers(illustrated):
    book = read_book(illustrated.translation_key, "en")
    reader = PdfReader(io.BytesIO(pdf_of(book)))
    text = "\n".join(page.extract_text() for page in reader.pages)
    for words in (
        "Lesson 1",
        "Lesson 3",
        "Contents",
        "A Party decides",
        "A State bound by it.",
        "A. Writer",
        "CC BY 4.0",
    ):
        assert words in text
    assert "What is said." in text
    assert f"3 / {len(reader.pages)}" in text
    assert reader.metadata.title == illustrated.title
    assert any("/XObject" in page["/Resources"] for page in reader.pages)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_pdf_takes_nothing_but_its_own_pictures(illustrated, tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    book = read_book(illustrated.translation_key, "en")
    sources = re.findall(r'src="([^"]*)"', html_of(book))
    assert sources and all(source.startswith("campus-picture:") for source in sources)
    for url in (
        secret.as_uri(),
        "https://example.org/x.png",
        "campus-picture:../secret.png",
        "campus-picture:none.png",
    ):
        with pytest.raises((FatalURLFetchingError, SuspiciousFileOperation)):
            UploadsOnly().fetch(url)


def test_an_arabic_book_runs_from_right_to_left(illustrated, lessons):
    content.translate(lessons[0], "ar", "الدرس الأول")
    html = html_of(read_book(illustrated.translation_key, "ar"))
    assert '<html lang="ar" dir="rtl">' in html
    assert 'id="lesson-1" lang="ar" dir="rtl"' in html and 'id="lesson-2" lang="en" dir="ltr"' in html


def test_the_zip_reads_from_a_memory_stick(illustrated, lessons):
    archive = zip_of(illustrated)
    names = archive.namelist()
    folder = f"{illustrated.slug}-en"
    assert {f"{folder}/{name}" for name in ("index.html", "glossary.html", "style.css", "lesson-01.html")} <= set(names)
    pages = {name: archive.read(name).decode() for name in names if name.endswith(".html")}
    first = pages[f"{folder}/lesson-01.html"]
    assert 'href="lesson-02.html"' in first and 'href="glossary.html#term-party"' in first
    assert "http://localhost:8000/en/help/" in first or "/en/help/" in first
    assert "What is said." in first and "<audio" not in first
    for html in pages.values():
        assert "<script" not in html
        for address in re.findall(r'(?:src|href)="([^"]+)"', html):
            assert not address.startswith("/"), address
            target, __, place = address.partition("#")
            if not address.startswith("http") and target:
                assert f"{folder}/{target}" in names, address
                assert not place or f'id="{place}"' in pages[f"{folder}/{target}"], address
    assert any(name.startswith(f"{folder}/pictures/") for name in names)


@pytest.fixture
def recorded(module, lessons):
    """A lesson with a video, its captions in French and its transcript, and with two files, one not for everybody."""
    film = CampusMedia.objects.create(
        title="A film",
        type="video",
        file=ContentFile(b"film" * 1000, name="le film été.mp4"),
        transcript="What is said.",
        width=640,
        height=360,
    )
    words = ContentFile(b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour", name="film.vtt")
    film.tracks.create(kind="captions", language="fr", file=words)
    root = Collection.get_first_root_node()
    closed = root.add_child(name="Closed")
    closed.view_restrictions.create(restriction_type="login")
    files = [
        CampusDocument.objects.create(
            title=title, file=ContentFile(b"%PDF-1.4 ", name=f"{title}.pdf"), collection=where
        )
        for title, where in (("open", root), ("closed", closed))
    ]
    lessons[0].body = [("media", {"media": film}), *(("file", {"document": file}) for file in files)]
    content.publish(lessons[0])
    return module


@pytest.mark.parametrize("recordings", [True, False])
def test_recordings_come_along_where_they_are_wanted_and_transcripts_always(recorded, recordings):
    archive = zip_of(recorded, recordings=recordings)
    folder = f"{recorded.slug}-en"
    html = archive.read(f"{folder}/lesson-01.html").decode()
    assert "What is said." in html
    assert ("<video" in html) == recordings
    played = [name for name in archive.namelist() if "/recordings/" in name]
    assert [name.rpartition(".")[2] for name in played] == (["mp4", "vtt"] if recordings else [])
    for name in played:
        assert f'src="{name.removeprefix(folder + "/")}"' in html
    if recordings:
        assert archive.read(played[0]) == b"film" * 1000
    files = [name for name in archive.namelist() if "/files/" in name]
    assert len(files) == 1 and f'href="{files[0].removeprefix(folder + "/")}"' in html
    assert re.search(r'href="http[^"]+/documents/\d+/closed', html)


def test_a_long_film_does_not_fill_the_memory(recorded):
    film = CampusMedia.objects.get()
    with open(film.file.path, "r+b") as file:  # noqa: PTH123
        file.truncate(300 * 1024 * 1024)
    with tempfile.TemporaryFile() as target:
        book = read_book(recorded.translation_key, "en")
        tracemalloc.start()
        write_zip(book, target, recordings=True)
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert target.seek(0, io.SEEK_END) > 300 * 1024 * 1024
    assert most < 16 * 1024 * 1024


def test_recordings_are_offered_with_their_weight_where_there_are_any(client, cast, recorded, topic):
    page = client.get(content.url(recorded)).content.decode()
    assert "Plain pages with all recordings" in page and "which weigh 3.9\xa0KB" in page
    run(request_file(actor=cast.learner, item=item_of(recorded), language="en", kind="all"))
    made = ModuleFile.objects.get()
    assert made.name.endswith(".zip") and made.size == made.file.size > 4000
    assert "(ZIP, " in client.get(content.url(recorded)).content.decode()
    plain = content.make_module(topic, lessons=1)
    assert "all recordings" not in client.get(content.url(plain)).content.decode()


def test_a_lesson_with_its_own_restriction_is_left_out(illustrated, lessons):
    PageViewRestriction.objects.create(page=lessons[1], restriction_type=PageViewRestriction.LOGIN)
    titles = [chapter.title for chapter in read_book(illustrated.translation_key, "en").chapters]
    assert titles == ["Lesson 1", "Lesson 3"]


def test_a_lesson_restricted_afterwards_is_handed_out_no_more(client, cast, illustrated, lessons):
    other = content.make_module(illustrated.get_parent(), lessons=1)
    for page in (illustrated, other):
        run(request_file(actor=cast.learner, item=item_of(page), language="en", kind="zip"))
    address = reverse("module_file", args=[illustrated.translation_key, "zip"])
    assert client.get(address).status_code == 200
    closed = PageViewRestriction.objects.create(page=lessons[1], restriction_type=PageViewRestriction.LOGIN)
    assert client.get(address).status_code == 302
    assert client.get(reverse("module_file", args=[other.translation_key, "zip"])).status_code == 200
    run(request_file(actor=cast.learner, item=item_of(illustrated), language="en", kind="zip"))
    assert client.get(address).status_code == 200
    closed.delete()
    assert client.get(address).status_code == 302


def test_files_restricted_afterwards_are_handed_out_no_more(client, cast, illustrated):
    run(request_file(actor=cast.learner, item=item_of(illustrated), language="en", kind="zip"))
    files = Collection.get_first_root_node().add_child(name="Slides")
    CollectionViewRestriction.objects.create(collection=files, restriction_type=CollectionViewRestriction.LOGIN)
    assert client.get(reverse("module_file", args=[illustrated.translation_key, "zip"])).status_code == 302


def test_it_is_made_once_in_the_background_and_again_after_a_change(cast, illustrated, lessons):
    item = item_of(illustrated)
    job = request_file(actor=cast.learner, item=item, language="en", kind="zip")
    assert request_file(actor=cast.learner, item=item, language="en", kind="zip") == job
    assert run(job).state == Job.State.DONE
    made = ModuleFile.objects.current().get()
    assert made.size == made.file.size > 0
    again = run(request_file(actor=cast.learner, item=item, language="en", kind="zip"))
    assert again.state == Job.State.DONE and ModuleFile.objects.get() == made
    lessons[2].title = "A new title"
    content.publish(lessons[2])
    assert not ModuleFile.objects.current().exists()
    run(request_file(actor=cast.learner, item=item, language="en", kind="zip"))
    assert ModuleFile.objects.get().pk != made.pk


def test_an_empty_module_says_so(cast, topic):
    empty = content.make_module(topic, lessons=0)
    job = request_file(actor=cast.learner, item=item_of(empty), language="en", kind="pdf")
    with pytest.raises(NothingToTake):
        make_file(job)


class TestPages:
    def make(self, user, module, kind="zip"):
        run(request_file(actor=user, item=item_of(module), language="en", kind=kind))

    def test_the_module_offers_it_with_its_weight(self, client, cast, illustrated):
        page = client.get(content.url(illustrated)).content.decode()
        assert "Take it with you" in page and "sign in to have it made" in page
        self.make(cast.learner, illustrated)
        page = client.get(content.url(illustrated)).content.decode()
        assert re.search(r"\(ZIP, \d+(\.\d)?\s\wB\)", page)

    def test_an_account_has_it_made_and_watches(self, client, cast, illustrated):
        client.force_login(cast.learner)
        address = reverse("module_files", args=[illustrated.translation_key])
        answer = client.post(address, {"kind": "pdf"})
        job = Job.objects.get()
        assert answer.url == reverse("job_status", args=[job.key])
        assert client.get(answer.url).status_code == 200
        assert client.post(address, {"kind": "exe"}).status_code == 404
        run(job)
        got = client.get(reverse("module_file", args=[illustrated.translation_key, "pdf"]))
        assert b"".join(got.streaming_content).startswith(b"%PDF-")
        assert f"{illustrated.slug}-en.pdf" in got["Content-Disposition"]

    def test_a_visitor_takes_what_is_made_but_has_nothing_made(self, client, cast, illustrated):
        address = reverse("module_files", args=[illustrated.translation_key])
        assert "/account/login/" in client.post(address, {"kind": "zip"}).url
        assert not Job.objects.exists()
        one = reverse("module_file", args=[illustrated.translation_key, "zip"])
        assert client.get(one).url == address
        self.make(cast.learner, illustrated)
        assert client.get(one).status_code == 200

    def test_what_one_may_not_read_one_may_not_take(self, client, cast, illustrated, monkeypatch):
        self.make(cast.learner, illustrated)
        one = reverse("module_file", args=[illustrated.translation_key, "zip"])
        many = reverse("module_files", args=[illustrated.translation_key])
        monkeypatch.setattr(registry, "_rules", [lambda key: True])
        assert "/account/login/" in client.get(one).url and "/account/login/" in client.get(many).url
        monkeypatch.setattr(registry, "_rules", [])
        PageViewRestriction.objects.create(page=illustrated, restriction_type=PageViewRestriction.LOGIN)
        assert client.get(one).status_code == client.get(many).status_code == 404
        client.force_login(cast.outsider)
        assert client.get(one).status_code == 200
        illustrated.unpublish()
        assert client.get(one).status_code == 404
