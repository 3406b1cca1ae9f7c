"""A serial can be read back, whatever the typist does to it, and a wrong one is noticed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.certificates import serials
from courses.certificates.services import serial_for

digests = st.binary(min_size=11, max_size=32)


def made(digest: bytes) -> str:
    """A serial from any bytes: the n-th try shifts them."""
    return serials.make(
        "PC", 2026, lambda number: bytes((byte + number * (index + 1)) % 256 for index, byte in enumerate(digest))
    )


@given(digests)
def test_a_serial_reads_back_as_itself(digest):
    serial = made(digest)
    assert serials.read(serial) == serial
    assert len(serial) <= 30


@given(digests)
def test_it_has_no_letter_that_can_be_mistaken(digest):
    assert not set(made(digest)[8:]) & set("ILOU")


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda serial: serial.replace("-", ""),
        lambda serial: serial.replace("-", " "),
        lambda serial: serial.replace("-", "–"),
        lambda serial: serial.replace("-", "\u2011"),
        lambda serial: f"  {serial}\n",
        lambda serial: serial.replace("0", "O"),
        lambda serial: serial[:8] + serial[8:].replace("1", "l"),
        lambda serial: serial[:8] + serial[8:].replace("1", "I"),
        lambda serial: serial.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda serial: serial.translate(str.maketrans("0123456789", "०१२३४५६७८९")),
        lambda serial: "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in serial),
        lambda serial: "\u200f" + serial + "\u200e",
    ],
)
@given(digest=digests)
def test_it_is_read_however_it_is_typed(change, digest):
    serial = made(digest)
    assert serials.read(change(serial)) == serial


@given(digests, st.data())
def test_every_single_wrong_character_is_noticed(digest, data):
    serial = made(digest)
    place = data.draw(st.sampled_from([i for i, c in enumerate(serial) if c != "-" and i > 2]))
    pool = "0123456789" if place < 7 else serials.CROCKFORD
    other = data.draw(st.sampled_from([c for c in pool if c != serial[place]]))
    assert serials.read(serial[:place] + other + serial[place + 1 :]) is None


def test_nearly_every_swap_of_neighbours_is_noticed():
    missed = tried = 0
    for number in range(300):
        serial = serial_for(str(number), 2026)
        for a, b in itertools.pairwise([i for i, c in enumerate(serial) if c != "-" and i > 7]):
            if serial[a] != serial[b]:
                swapped = list(serial)
                swapped[a], swapped[b] = serial[b], serial[a]
                tried += 1
                missed += serials.read("".join(swapped)) is not None
    assert missed / tried < 0.01


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PC",
        "PC-2026",
        "PC-2026-7GHK-Q2RM",
        "PC-2026-UUUU-UUUU-UUUU",
        "x" * 5000,
        "DROP TABLE",
        "\x00",
        "PC-2026-7GHK-Q2RM-90T!",
        "²",
    ],
)
def test_what_cannot_be_a_serial_is_none(text):
    assert serials.read(text) is None


def test_the_check_character_is_that_of_the_standard():
    assert serials.check_character("A12425GABC1234002") == "M"  # the example of ISO 7064, MOD 37,36


def test_the_same_purpose_gives_the_same_serial_and_another_another():
    found = {serial_for(f"batch:{number}", 2026) for number in range(2000)}
    assert len(found) == 2000
    assert serial_for("batch:1", 2026) in found


def test_nobody_without_the_secret_key_can_work_it_out(settings):
    before = serial_for("batch:1", 2026)
    settings.SECRET_KEY = "another one, another one, another one, another one"
    assert serial_for("batch:1", 2026) != before
