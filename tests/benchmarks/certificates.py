"""Certificates per second and core: in a batch, and set alone with everything prepared anew each time.

The budget is the figure measured with Moodle's PDF library, which sets Latin names; a batch with names in Arabic,
Chinese and Cyrillic is measured beside it (a Chinese font alone costs as much as a page).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

NUMBER, ALONE, ROUNDS = 60, 12, 3
MOODLE = 4.8  # certificates a second and core; its PDF library alone writes 19
LATIN = [("Amina Wanjiku Odhiambo", ""), ("María José Fernández Quispe", "")]
NAMES = [
    ("Amina Wanjiku Odhiambo", ""),
    ("فاطمة الزهراء بنت عبد الرحمن", "Fatima Zahra Bint Abdul Rahman"),
    ("欧阳雪梅", "Ouyang Xuemei"),
    ("Александра Михайловна Кузнецова", "Alexandra Kuznetsova"),
    ("Nguyễn Thị Phương Thảo", ""),
    ("María José Fernández Quispe", ""),
]


def measure() -> list[dict[str, Any]]:
    """Measure on one core, by processor time."""
    from courses.certificates.render import BatchRenderer, Sheet, drawn_sheet

    def sheet(number: int, names: list[tuple[str, str]] = NAMES) -> Sheet:
        name, latin = names[number % len(names)]
        serial = f"PC-2026-7GHK-Q2RM-{number:04d}"
        return Sheet(
            serial=serial,
            language="en",
            name=name,
            name_latin=latin,
            heading="Certificate of completion",
            statement=(("has completed every module, quiz and live session of the course", False),),
            title="Establishing legal frameworks to implement the Nagoya Protocol",
            details=("3 March – 12 May 2026", "20 hours"),
            signatory_name="Dr Wanjiru Kamau",
            signatory_title="Head of capacity-building",
            issuer="Secretariat of the Example Convention",
            issued="Issued on 20 May 2026",
            check_url=f"https://campus.example.org/c/{serial}",
            check_words="Scan the code, or enter the number at campus.example.org/check",
            qr_words=f"QR code that leads to https://campus.example.org/c/{serial}",
            certify_words="This is to certify that",
            field="abs",
        )

    def batch(names: list[tuple[str, str]] = NAMES) -> None:
        renderer = BatchRenderer()
        for number in range(NUMBER):
            renderer.pdf(sheet(number, names))

    def alone() -> None:
        for number in range(ALONE):
            drawn_sheet.cache_clear()
            BatchRenderer().pdf(sheet(number))

    BatchRenderer().pdf(sheet(0))  # imports and the system's font cache are nobody's merit
    latin = max(NUMBER / seconds(lambda: batch(LATIN)) for _round in range(ROUNDS))
    together = max(NUMBER / seconds(batch) for _round in range(ROUNDS))
    single = max(ALONE / seconds(alone) for _round in range(ROUNDS))
    ratio = together / single
    return [
        row("Certificates in a batch, one core", latin, "per second", 19, latin >= 19),
        row("Certificates in a batch, names in four scripts", together, "per second", MOODLE, together >= MOODLE),
        row("Certificates set alone, names in four scripts", single, "per second", MOODLE, single >= MOODLE),
        row("Certificates, batch beside alone", ratio, "times", 1.5, ratio >= 1.5),
    ]


def seconds(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def row(name: str, value: float, unit: str, budget: float | None, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": round(value, 1), "unit": unit, "budget": budget, "ok": ok}


if __name__ == "__main__":
    import os
    import sys
    from pathlib import Path

    sys.path[:0] = [str(Path(__file__).resolve().parents[2] / folder) for folder in ("site", "")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    for line in measure():
        print(line)
