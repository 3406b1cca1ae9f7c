"""What the editor is told of a lesson: its weight on a slow line, and what should be mended."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image
from wagtail.models import Collection

from institutions.models import Role
from institutions.services import grant_role
from media.models import CampusDocument, CampusImage, CampusMedia, MediaTrack
from modules.lessons.body import render_body
from modules.lessons.checks import findings_of, minutes_needed
from modules.lessons.weight import FRAME, LINE, Part, weigh, weight_of
from tests.modules import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(db):
    data = io.BytesIO()
    Image.effect_noise((900, 500), 90).save(data, "PNG")
    return CampusImage.objects.create(
        title="A noisy leaf",
        file=ImageFile(ContentFile(data.getvalue()), name="leaf.png"),
        collection=Collection.get_first_root_node(),
    )


@pytest.fixture
def talk(db):
    return CampusMedia.objects.create(title="A talk", type="video", file=ContentFile(b"x" * 900, name="talk.mp4"))


def lesson(module, *blocks, **fields):
    return content.make_lesson(module, body=list(blocks), **{"minutes": 1, **fields})


def said(page) -> str:
    return "\n".join(finding.text for finding in findings_of(page))


class TestWeight:
    @pytest.mark.parametrize(
        ("sizes", "total", "seconds"), [([], 0, 0), ([1], 1, 1), ([LINE], LINE, 1), ([LINE, 1, LINE], 2 * LINE + 1, 3)]
    )
    def test_seconds_are_rounded_up(self, sizes, total, seconds):
        weight = weigh([Part(str(size), size) for size in sizes])
        assert (weight.total, weight.seconds) == (total, seconds)

    def test_the_heaviest_come_first_and_what_is_loaded_later_apart(self):
        parts = [Part("a", 1), Part("b", 5), Part("c", 3), Part("d", 4), Part("film", 99, later=True)]
        weight = weigh(parts)
        assert [part.title for part in weight.heaviest] == ["b", "d", "c"]
        assert [part.title for part in weight.later] == ["film"] and weight.total == 13

    def test_a_picture_counts_as_a_phone_loads_it(self, module, picture, talk):
        document = CampusDocument.objects.create(title="A form", file=ContentFile(b"y" * 700, name="form.txt"))
        page = lesson(
            module,
            ("text", "<p>Some text.</p>"),
            ("picture", {"image": picture, "alt": "A leaf", "credit": "Us"}),
            ("file", {"document": document}),
            ("media", {"media": talk}),
        )
        weight = weight_of(page)
        phone = picture.get_rendition("width-720|format-webp").file.size
        assert weight.heaviest[0].title == "A noisy leaf" or phone < FRAME
        assert FRAME + phone < weight.total < FRAME + phone + 2000
        assert [(part.title, part.size) for part in weight.later] == [("A talk", 900), ("A form", 700)]

    def test_a_file_that_the_text_links_to_is_told_once_and_shown_with_its_size(self, module):
        document = CampusDocument.objects.create(title="A form", file=ContentFile(b"y" * 700, name="form.txt"))
        link = f'<p><a linktype="document" id="{document.pk}">the form</a></p>'
        page = lesson(module, ("text", link), ("text", link), ("file", {"document": document}))
        assert [(part.title, part.size) for part in weight_of(page).later] == [("A form", 700)]
        page = lesson(module, ("text", link), ("text", link), slug="linked")
        (part,) = weight_of(page).later
        assert (part.title, part.size, part.block) == ("A form", 700, page.body[1].id)
        html = render_body(page.body, "en")
        assert f'<a href="{document.url}" data-weight="TXT, 700\xa0bytes">the form</a>' in html
        document.file.storage.delete(document.file.name)
        CampusDocument.objects.update(file_size=None)
        assert 'data-weight="TXT"' in render_body(page.body, "en") and weight_of(page).later == ()

    def test_a_file_that_is_gone_does_not_break_the_editor(self, module, talk):
        page = lesson(module, ("media", {"media": talk}))
        talk.file.storage.delete(talk.file.name)
        assert weight_of(page).later == ()


class TestFindings:
    @pytest.mark.parametrize(
        ("alt", "caption", "told"),
        [
            ("", "", "has no text alternative"),
            ("IMG_2041", "", "is the name of a file"),
            ("leaf.png", "", "is the name of a file"),
            ("A leaf", "a leaf", "is said twice"),
            ("A leaf", "Leaf of a fern", ""),
        ],
    )
    def test_text_alternatives(self, module, picture, alt, caption, told):
        value = {"image": picture, "alt": alt, "caption": caption, "credit": "Us"}
        page = lesson(module, ("text", "<p>A</p>"), ("picture", value))
        assert told in said(page) if told else said(page) == ""
        if told:
            assert findings_of(page)[0].block == page.body[1].id

    def test_recordings_need_transcript_and_captions(self, module, talk):
        page = lesson(module, ("media", {"media": talk}))
        assert "has no transcript" in said(page) and "has no captions" in said(page)
        talk.transcript = "What is said."
        talk.save()
        MediaTrack.objects.create(media=talk, language="en", file="x.vtt")
        page = type(page).objects.get(pk=page.pk)
        assert "transcript" not in said(page) and "captions" not in said(page)

    @pytest.mark.parametrize(
        ("kinds", "told"),
        [
            (["heading", "text"], ""),
            (["text", "heading"], "Nothing stands below the heading"),
            (["heading", "other", "text"], "Nothing stands below the heading"),
            (["heading", "text", "heading", "text"], "stands here twice"),
            (["empty", "text"], "A heading is empty"),
        ],
    )
    def test_headings(self, module, kinds, told):
        blocks = {
            "heading": ("heading", "A heading"),
            "other": ("heading", "Another"),
            "empty": ("heading", " "),
            "text": ("text", "<p>Words.</p>"),
        }
        page = lesson(module, *(blocks[kind] for kind in kinds))
        assert told in said(page) if told else said(page) == ""

    @pytest.mark.parametrize(("minutes", "told"), [(1, True), (10, False), (25, False), (60, True)])
    def test_the_reading_time_should_fit_the_text(self, module, minutes, told):
        page = lesson(module, ("text", f"<p>{'word ' * 1300}</p>"), minutes=minutes)
        assert minutes_needed(page) == 10
        assert ("takes about 10 minutes" in said(page)) == told


def test_the_editor_shows_weight_and_findings_of_a_draft(client, cast, module, picture):
    grant_role(actor=None, user=cast.outsider, role=Role.EDITOR)
    page = lesson(module, ("text", "<p>Text.</p>"))
    page.body = [("picture", {"image": picture, "alt": "leaf.png", "credit": "Us"})]
    page.save_revision()
    client.force_login(cast.outsider)
    shown = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "s on a 2G line" in shown and "A noisy leaf" in shown
    assert "is the name of a file" in shown and f"#block-{page.body[0].id}-section" in shown
    other = client.get(reverse("wagtailadmin_pages:edit", args=[module.pk])).content.decode()
    assert "on a 2G line" not in other
