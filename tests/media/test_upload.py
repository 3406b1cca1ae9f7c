"""Uploading through the admin."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Collection

from institutions.models import Role
from institutions.services import grant_role
from media.models import CampusDocument, CampusImage, CampusMedia, MediaTrack

pytestmark = pytest.mark.django_db

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"


@pytest.fixture
def editor(client, cast):
    grant_role(actor=None, user=cast.outsider, role=Role.EDITOR)
    cast.outsider.is_superuser = True  # collections are the site's to give; here only the form matters
    cast.outsider.save()
    client.force_login(cast.outsider)
    return cast.outsider


def post(client, name, file, **data):
    collection = Collection.get_first_root_node()
    return client.post(reverse(*name), {"title": "A file", "collection": collection.pk, "file": file, **data})


@pytest.mark.parametrize(("inside", "taken"), [("<rect/>", 1), ("<script/>", 0)])
def test_a_drawing_is_checked(client, editor, inside, taken):
    file = SimpleUploadedFile("a.svg", SVG.format(inside).encode(), "image/svg+xml")
    post(client, ["wagtailimages:add"], file, description="x", credit="y", licence="")
    assert CampusImage.objects.count() == taken


def test_a_picture_that_is_none_is_refused(client, editor):
    post(client, ["wagtailimages:add"], SimpleUploadedFile("a.jpg", b"<html>"), description="x", credit="", licence="")
    assert not CampusImage.objects.exists()


@pytest.mark.parametrize(("content", "taken"), [(b"%PDF-1.7", 1), (b"MZ\x90", 0)])
def test_a_document_is_checked(client, editor, content, taken):
    post(client, ["wagtaildocs:add"], SimpleUploadedFile("a.pdf", content), credit="", licence="")
    assert CampusDocument.objects.count() == taken


@pytest.mark.parametrize(("content", "taken"), [(b"ID3\x04", 1), (b"<html>", 0)])
def test_a_recording_is_checked(client, editor, content, taken):
    post(
        client,
        ["wagtailmedia:add", None, ["audio"]],
        SimpleUploadedFile("a.mp3", content),
        duration=3,
        transcript="Words.",
        credit="",
        licence="",
    )
    assert CampusMedia.objects.count() == taken


@pytest.mark.parametrize(("content", "taken"), [(VTT, 1), (b"1\n00:01,000", 0)])
def test_captions_are_checked(client, cast, content, taken):
    grant_role(actor=None, user=cast.outsider, role=Role.EDITOR)
    client.force_login(cast.outsider)
    recording = CampusMedia.objects.create(title="A talk", type="audio", file="a.mp3", duration=3)
    response = client.post(
        reverse("caption_files:add"),
        {"media": recording.pk, "kind": "captions", "language": "en", "file": SimpleUploadedFile("a.vtt", content)},
    )
    assert response.status_code == (302 if taken else 200)
    assert MediaTrack.objects.count() == taken


@pytest.mark.parametrize(("who", "status"), [("learner", 403), ("trainer", 302), ("organiser", 200)])
def test_captions_are_for_those_who_write_content(client, cast, who, status):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("caption_files:index")).status_code == status
