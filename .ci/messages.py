"""Collect the interface strings of all rooms into site/locale and compile them; ``--check`` only compares.

``compile`` only compiles.

The check fails on a string that is missing from or left over in a language's file, on fuzzy and obsolete entries,
and on a translation whose placeholders differ from the original's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "site/locale"
LANGUAGES = {"ar": "ar", "en": "en", "es": "es", "fr": "fr", "ru": "ru", "zh-hans": "zh_Hans"}
IGNORED = [".venv/*", "var/*", "tests/*", ".ci/*", "docs/*", "site/locale", "site/home/starter/*", ".git/*"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


def collect(folder: Path, codes: list[str]) -> None:
    """Write ``<folder>/<locale>/LC_MESSAGES/django.po`` for the locales."""
    sys.path[:0] = [str(ROOT / "site"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    os.chdir(ROOT)
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.LOCALE_PATHS = [str(folder)]
    folder.mkdir(parents=True, exist_ok=True)
    call_command(
        "makemessages",
        locale=codes,
        ignore_patterns=IGNORED,
        extensions=["html", "txt", "py"],
        add_location="file",
        no_wrap=True,
        no_obsolete=True,
        verbosity=0,
    )


def compile_due() -> None:
    """Compile what is newer than what was compiled."""
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            subprocess.run(["msgfmt", "--check-format", "-o", str(mo), str(po)], check=True)


def steady_dates() -> None:
    """Leave out the line that changes with every run and would be the only difference."""
    for po in LOCALE.glob("*/LC_MESSAGES/*.po"):
        lines = po.read_text().splitlines(keepends=True)
        po.write_text("".join(line for line in lines if not line.startswith('"POT-Creation-Date')))


def key(entry: object) -> tuple[str, str, str]:
    return (getattr(entry, "msgctxt", "") or "", entry.msgid, entry.msgid_plural)  # type: ignore[attr-defined]


def problems() -> list[str]:
    import polib

    with tempfile.TemporaryDirectory() as folder:
        collect(Path(folder), ["en"])
        fresh = polib.pofile(str(Path(folder) / "en/LC_MESSAGES/django.po"))
    wanted = {key(entry): entry for entry in fresh}
    found: list[str] = []
    for code, name in LANGUAGES.items():
        path = LOCALE / name / "LC_MESSAGES/django.po"
        if not path.exists():
            found.append(f"{code}: no file yet; `make messages` makes it")
            continue
        po = polib.pofile(str(path))
        have = {key(entry) for entry in po if not entry.obsolete}
        for what, keys in (("missing", wanted.keys() - have), ("no longer used", have - wanted.keys())):
            for _context, text, _plural in sorted(keys):
                where = wanted.get((_context, text, _plural))
                place = f" ({', '.join(p for p, _ in where.occurrences[:2])})" if where else ""
                found.append(f"{code}: {what}: {text!r}{place}")
        found += [f"{code}: obsolete: {entry.msgid!r}" for entry in po.obsolete_entries()]
        found += [f"{code}: fuzzy: {entry.msgid!r}" for entry in po.fuzzy_entries()]
        for entry in po:
            found += [f"{code}: {text}" for text in wrong_placeholders(entry)]
    return found


def wrong_placeholders(entry: object) -> list[str]:
    """A translation uses the original's placeholders; a plural form may leave out the number."""
    single = set(PLACEHOLDER.findall(entry.msgid))  # type: ignore[attr-defined]
    plural = set(PLACEHOLDER.findall(entry.msgid_plural))  # type: ignore[attr-defined]
    found = []
    if entry.msgstr and set(PLACEHOLDER.findall(entry.msgstr)) != single:  # type: ignore[attr-defined]
        found.append(f"other placeholders than the original: {entry.msgid!r}")  # type: ignore[attr-defined]
    for text in entry.msgstr_plural.values():  # type: ignore[attr-defined]
        if text and set(PLACEHOLDER.findall(text)) - (single | plural):
            found.append(f"placeholders that the original has not: {entry.msgid!r}")  # type: ignore[attr-defined]
    return found


def untranslated() -> str:
    import polib

    counts = []
    for code, name in LANGUAGES.items():
        path = LOCALE / name / "LC_MESSAGES/django.po"
        if code != "en" and path.exists():
            po = polib.pofile(str(path))
            counts.append(f"{code} {len(po.translated_entries())}/{len([e for e in po if not e.obsolete])}")
    return "Translated: " + ", ".join(counts)


if __name__ == "__main__":
    if "--check" in sys.argv:
        lines = problems()
        shown = 60
        print("\n".join(lines[:shown]))
        if len(lines) > shown:
            print(f"... and {len(lines) - shown} more")
        sys.exit(bool(lines))
    if "compile" in sys.argv:
        compile_due()
        sys.exit()
    collect(LOCALE, list(LANGUAGES.values()))
    steady_dates()
    compile_due()
    print(untranslated())
