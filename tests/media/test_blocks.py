"""Pictures, files and recordings in a lesson."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from media.blocks import FileBlock, MediaBlock, PictureBlock
from media.models import CampusDocument, CampusImage, CampusMedia, MediaTrack

pytestmark = pytest.mark.django_db

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360"/></svg>'


def photograph(width=1600, height=900):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#1f5d3a").save(out, "JPEG")
    return out.getvalue()


def image(name, content):
    made = CampusImage(title="A picture", credit="Somebody")
    made.file.save(name, ContentFile(content, name=name), save=False)
    made.save()
    return made


def picture(image, **values):
    block = PictureBlock()
    value = {"image": image.pk, "alt": "A <green> field", "caption": "", "credit": "UN", **values}
    return block.render(block.to_python(value), {"anchor": "block-1"})


def test_a_photograph_comes_in_several_sizes_and_lazily():
    html = picture(image("field.jpg", photograph()), caption="Rice")
    assert html.count(".webp") >= 3
    assert "1080w" in html
    assert 'loading="lazy"' in html
    assert 'width="' in html
    assert 'height="' in html
    assert 'alt="A &lt;green&gt; field"' in html
    assert "Rice" in html
    assert "UN" in html
    assert 'id="block-1"' in html


def test_a_drawing_is_an_img_with_its_size_never_inline():
    html = picture(image("steps.svg", SVG))
    assert "<svg" not in html
    assert ".svg" in html
    assert 'width="640"' in html
    assert 'height="360"' in html


def test_a_picture_needs_its_text_alternative_and_credit():
    block = PictureBlock()
    value = block.to_python({"image": image("a.svg", SVG).pk, "alt": "", "credit": "", "caption": ""})
    with pytest.raises(ValidationError) as caught:
        block.clean(value)
    assert set(caught.value.block_errors) == {"alt", "credit"}


def test_a_deleted_picture_leaves_no_hole():
    block = PictureBlock()
    assert block.render(block.to_python({"image": 9999, "alt": "x", "credit": "y"})).strip() == ""


def test_a_file_says_its_kind_and_weight():
    document = CampusDocument(title="Checklist")
    document.file.save("checklist.pdf", ContentFile(b"%PDF-1.7" + b" " * 2048))
    block = FileBlock()
    html = block.render(block.to_python({"document": document.pk, "title": ""}))
    assert "Checklist" in html
    assert "PDF" in html
    assert "2.0\xa0KB" in html


@pytest.fixture
def recording():
    made = CampusMedia(
        title="A talk", type="video", duration=125, transcript="First.\n\nSecond.", width=640, height=360
    )
    made.file.save("talk.mp4", ContentFile(b"\x00\x00\x00\x20ftypisom"))
    return made


def test_a_recording_has_native_controls_captions_and_a_transcript(recording):
    track = MediaTrack(media=recording, language="fr")
    track.file.save("fr.vtt", ContentFile(b"WEBVTT"))
    block = MediaBlock()
    html = block.render(block.to_python({"media": recording.pk, "caption": ""}))
    assert "<video controls" in html
    assert 'preload="none"' in html
    assert 'kind="captions"' in html
    assert 'srclang="fr" label="français"' in html
    assert "<details>" in html
    assert "<p>Second.</p>" in html
    assert "2 minutes" in html


def test_a_recording_without_a_transcript_is_refused(recording):
    CampusMedia.objects.update(transcript=" ")
    block = MediaBlock()
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"media": recording.pk, "caption": ""}))
