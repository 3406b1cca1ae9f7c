"""A certificate prints right in every script, tagged, on one page."""

import io
import re
import subprocess
import unicodedata

import pypdf
import pytest

from courses.certificates import engraving
from courses.certificates.render import BatchRenderer, QRCode, Sheet, TooLong, name_size, text_direction

SERIAL = "PC-2026-7GHK-Q2RM-90TZ"
NAMES = {
    "Arabic": "فاطمة الزهراء بنت عبد الرحمن",
    "Chinese": "欧阳雪梅",
    "Cyrillic": "Александра Михайловна Щербакова",
    "Devanagari": "प्रियंका श्रीवास्तव",
    "Amharic": "ሰላማዊት ገብረመድኅን ተስፋዬ",
    "Vietnamese": "Nguyễn Thị Phương Thảo",
    "Latin with marks": "Þórdís Kolbrún Żółć-Ğüneş",
    "Khmer": "សុខ សុវណ្ណា",
    "Georgian": "ნინო ბერიძე",
    "Hangul": "김서연",
}


def sheet(**changes) -> Sheet:
    values = {
        "serial": SERIAL,
        "language": "en",
        "name": "Amina Wanjiku Odhiambo",
        "heading": "Certificate of completion",
        "statement": (("has completed the course", False),),
        "title": "Establishing legal frameworks to implement the Nagoya Protocol",
        "details": ("3 March – 12 May 2026", "20 hours"),
        "signatory_name": "Dr Wanjiru Kamau",
        "signatory_title": "Head of capacity-building",
        "issuer": "Secretariat of the Example Convention",
        "issued": "Issued on 20 May 2026",
        "check_url": f"https://campus.example.org/c/{SERIAL}",
        "check_words": "Scan the code, or enter the number at campus.example.org/check",
        "qr_words": f"QR code that leads to https://campus.example.org/c/{SERIAL}",
        "certify_words": "This is to certify that",
        "field": "abs",
    }
    return Sheet(**(values | changes))


def extracted(pdf: bytes) -> str:
    """Text without blanks; glyph forms and order of Arabic as one would type them."""
    return squeezed(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text())


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", unicodedata.normalize("NFKC", text))


def picture(pdf: bytes, dpi: int = 60):
    """The page as a grey picture."""
    from PIL import Image

    done = subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", "-"], input=pdf, capture_output=True, check=True
    )
    return Image.open(io.BytesIO(done.stdout))


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_can_be_read_out_of_the_file(renderer, script):
    name = NAMES[script]
    text = extracted(renderer.pdf(sheet(name=name, name_latin="In Latin Letters")))
    wanted = squeezed(name)
    # Readers give right-to-left text in visual order or in logical order: both hold the same letters.
    assert wanted in text or wanted[::-1] in text
    assert "InLatinLetters" in text


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_is_set_in_a_font_that_has_it(renderer, script):
    """No empty boxes: every glyph of the page is a real one."""
    reader = pypdf.PdfReader(io.BytesIO(renderer.pdf(sheet(name=NAMES[script]))))
    content = reader.pages[0].get_contents().get_data()
    assert b"<0000>" not in content
    fonts = reader.pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        assert "/ToUnicode" in font.get_object()


@pytest.mark.parametrize("script", ["Arabic", "Chinese", "Devanagari", "Amharic", "Cyrillic", "Vietnamese"])
def test_a_name_in_any_script_leaves_its_own_ink(renderer, script):
    """By picture: where the name stands there is ink, and other ink than that of empty boxes."""
    box = (0.2, 0.33, 0.8, 0.47)

    def ink(name: str):
        image = picture(renderer.pdf(sheet(name=name)), 72)
        width, height = image.size
        return image.crop((int(box[0] * width), int(box[1] * height), int(box[2] * width), int(box[3] * height)))

    name = NAMES[script]
    unknown = ink("".join("\ufdd0" if not c.isspace() else c for c in name)).tobytes()
    blank = ink("\u2003").tobytes()
    real = ink(name)
    assert real.tobytes() not in (unknown, blank)
    assert sum(real.histogram()[:100]) > 250


def test_the_text_is_all_there(renderer):
    text = extracted(renderer.pdf(sheet()))
    for part in (
        "AminaWanjikuOdhiambo",
        "Certificateofcompletion",
        "EstablishinglegalframeworkstoimplementtheNagoyaProtocol",
        "3March–12May2026",
        "20hours",
        "DrWanjiruKamau",
        "Headofcapacity-building",
        "Issuedon20May2026",
        SERIAL,
        "campus.example.org/check",
    ):
        assert part in text


def test_it_is_a_tagged_file_with_language_title_and_author(renderer):
    reader = pypdf.PdfReader(io.BytesIO(renderer.pdf(sheet())))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Certificate of completion: Amina Wanjiku Odhiambo"
    assert reader.metadata.author == "Secretariat of the Example Convention"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


def test_the_ornament_is_marked_as_such_and_the_qr_code_has_words(renderer):
    pdf = renderer.pdf(sheet())
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    contents = reader.pages[0]["/Contents"]
    assert contents[0].get_object().get_data().startswith(b"/Artifact")

    def alternatives(node):
        node = node.get_object()
        if isinstance(node, dict):
            if "/Alt" in node:
                yield str(node["/Alt"])
            kids = node.get("/K", [])
            for kid in kids if isinstance(kids, list) else [kids]:
                if not isinstance(kid, (int, pypdf.generic.NumberObject)):
                    yield from alternatives(kid)

    assert any("QR code" in words for words in alternatives(reader.trailer["/Root"]["/StructTreeRoot"]))


def test_it_is_one_a4_page_across(renderer):
    page = pypdf.PdfReader(io.BytesIO(renderer.pdf(sheet()))).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)


def test_the_arabic_certificate_reads_from_right_to_left(renderer):
    html = renderer.html(sheet(language="ar", name=NAMES["Arabic"]))
    assert '<html lang="ar" dir="rtl">' in html
    left_to_right, right_to_left = picture(renderer.pdf(sheet())), picture(renderer.pdf(sheet(language="ar")))

    def dark(image, start, end):
        width, height = image.size
        part = image.crop((int(start * width), int(0.78 * height), int(end * width), int(0.92 * height)))
        return sum(part.histogram()[:80])

    assert dark(left_to_right, 0.8, 0.9) > 3 * dark(left_to_right, 0.1, 0.2), "QR code at the end"
    assert dark(right_to_left, 0.1, 0.2) > 3 * dark(right_to_left, 0.8, 0.9)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Maximiliana Konstantinopolitanska " * 5},
        {"name": "W" * 200},
        {"name": "ወ" * 200},
        {"title": "A very long title of a workshop on many things " * 4},
        {"title": "A very long title of a workshop " * 6, "name": "Maximiliana Konstantinopolitanska " * 5},
        {"statement": (("has taken part in every session, passed the assignment and " * 5, False),)},
        {"language": "ar", "name": NAMES["Arabic"] * 3, "title": "إنشاء أطر قانونية لتنفيذ بروتوكول ناغويا " * 4},
    ],
)
def test_long_texts_are_set_closer_and_stay_on_one_page(renderer, changes):
    reader = pypdf.PdfReader(io.BytesIO(renderer.pdf(sheet(**changes))))
    assert len(reader.pages) == 1
    wanted = squeezed(changes.get("name", "Amina"))[:100]
    text = squeezed(reader.pages[0].extract_text())
    assert wanted in text or wanted[::-1] in text or changes.get("language") == "ar"


def test_a_text_too_long_for_any_page_is_an_error(renderer):
    with pytest.raises(TooLong):
        renderer.pdf(sheet(statement=(("word " * 800, False),)))


def test_the_same_sheet_gives_the_same_file(renderer):
    assert renderer.pdf(sheet()) == renderer.pdf(sheet()) == BatchRenderer().pdf(sheet())


def test_one_renderer_sets_many_without_mixing_them(renderer):
    texts = [
        extracted(renderer.pdf(sheet(name=name, serial=f"PC-2026-AAAA-AAAA-000{n}")))
        for n, name in enumerate(("Ada", "Bela"))
    ]
    assert "Ada" in texts[0]
    assert "Bela" in texts[1]
    assert "Ada" not in texts[1]


def test_the_qr_code_is_the_one_segno_makes():
    code = QRCode("https://campus.example.org/c/" + SERIAL)
    assert len(code.rows) == 29 or len(code.rows) == 33
    assert code.get_intrinsic_size(1, 16)[2] == 1


def test_the_qr_code_on_the_page_shows_the_same_modules(renderer):
    wanted = QRCode(sheet().check_url).rows
    dpi = 300
    image = picture(renderer.pdf(sheet()), dpi)
    scale = dpi / 25.4
    size = 23 * scale
    left, top = (297 - 34) * scale - size, (210 - 24) * scale - size
    step = size / len(wanted)
    seen = [
        [image.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step))) < 128 for x in range(len(wanted))]
        for y in range(len(wanted))
    ]
    assert seen == [[bool(module) for module in row] for row in wanted]


@pytest.mark.parametrize(
    ("name", "size"),
    [("Ada", "large"), ("A" * 31, "middle"), ("A" * 45, "small"), ("A" * 91, "tiny"), ("雪" * 16, "middle")],
)
def test_a_longer_name_is_set_smaller(name, size):
    assert name_size(name) == size


@pytest.mark.parametrize(
    ("text", "direction"), [("Ada", "ltr"), ("فاطمة", "rtl"), ("2026 فاطمة", "rtl"), ("雪", "ltr"), ("", "ltr")]
)
def test_the_first_letter_gives_the_direction(text, direction):
    assert text_direction(text) == direction


def test_the_engraving_stays_on_the_sheet():
    for field in ("", "abs", "customs", "lmo"):
        lines = engraving.sheet(field)
        points = [point for line in lines for path in line.paths for point in path]
        assert all(0 < x < engraving.WIDTH and 0 < y < engraving.HEIGHT for x, y in points)
        assert engraving.to_pdf(lines).count(b" c") > 1000


def test_curves_pass_through_their_own_points():
    import math

    path = engraving.bezier(lambda t: ((t, math.sin(t)), (1, math.cos(t))), 0, math.pi, 2)
    assert path[0] == (0, 0)
    assert path[3] == pytest.approx((math.pi / 2, 1))
    assert path[6] == pytest.approx((math.pi, 0), abs=1e-9)
