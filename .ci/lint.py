"""Every check of style, types and promises that needs no test. Prints what passed, then what failed and why.

Usage: .ci/lint.py [WORD...] runs only the checks whose name contains a word.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv/bin"
ROOMS = ("site", "courses", "modules", "media")

Result = tuple[bool, str]


def files(*suffixes: str) -> list[Path]:
    """Return our files with these endings, without what others wrote or machines made."""
    return sorted(
        path
        for room in (*ROOMS, "tests")
        for path in (ROOT / room).rglob("*")
        if path.suffix in suffixes and path.is_file()
    )


def command(*words: str, **environment: str) -> Callable[[], Result]:
    def run() -> Result:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [BIN / words[0] if (BIN / words[0]).exists() else words[0], *words[1:]],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": "site:.", "CAMPUS_VAR": folder, **environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
        return done.returncode == 0, (done.stdout + done.stderr).strip()

    return run


def lines_that_match(pattern: str, suffix: str, skip: Callable[[Path, str], bool]) -> Iterator[str]:
    expression = re.compile(pattern)
    for path in files(suffix):
        text = re.sub(r"/\*.*?\*/|{#.*?#}", lambda m: "\n" * m[0].count("\n"), path.read_text(), flags=re.S)
        for number, line in enumerate(text.splitlines(), 1):
            if expression.search(line) and not skip(path, line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:110]}"


PHYSICAL = (
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-)?(?:left|right)(?:-(?:width|style|color))?\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius|text-align\s*:\s*(?:left|right)|(?:float|clear)\s*:\s*(?:left|right)"
)


def physical_css() -> Result:
    """Of what a browser reads; the PDF renderer knows no logical insets."""
    found = list(lines_that_match(PHYSICAL, ".css", lambda path, line: "static" not in path.parts))
    return not found, "\n".join(found)


def stands_alone(path: Path) -> bool:
    """Mail, print and a file taken along know no policy; mail and such a file need their style inline."""
    subject = path.with_name(path.stem + "_subject.txt")
    return (
        subject.exists()
        or path.stem in ("mail", "email")
        or {"mail", "email"} & set(path.parts)
        or "pdf" in str(path)
        or path.name in ("certificate.html", "archive.html")
    )


INLINE = r"<style\b|<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|<[^>]*\s(?:style|on[a-z]+)\s*=\s*[\"']"


def inline_code() -> Result:
    found = list(lines_that_match(INLINE, ".html", lambda path, line: stands_alone(path)))
    return not found, "\n".join(found)


def production() -> Result:
    return command(
        "python",
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        DJANGO_SETTINGS_MODULE="config.settings.production",
        SECRET_KEY=secrets.token_urlsafe(60),
        ALLOWED_HOSTS="campus.example.org",
        BASE_URL="https://campus.example.org",
    )()


def templates(*words: str) -> Callable[[], Result]:
    return command(*words, *[str(path.relative_to(ROOT)) for path in files(".html")])


CHECKS: dict[str, Callable[[], Result]] = {
    "types (mypy)": command("mypy", "--cache-dir", str(ROOT / ".mypy_cache")),
    "style of Python (ruff check)": command("ruff", "check", "-q", "--output-format", "concise", "."),
    "format of Python (ruff format)": command("ruff", "format", "-q", "--check", "."),
    "import rules (import-linter)": command("lint-imports", "--no-cache"),
    "indentation of templates (djhtml)": templates("djhtml", "-t", "2", "--check"),
    "templates (djlint)": templates("djlint", "--lint", "--quiet"),
    "migrations are complete": command(
        "python", "manage.py", "makemigrations", "--check", "--dry-run", DJANGO_SETTINGS_MODULE="config.settings.test"
    ),
    "strings are marked": command("python", ".ci/strings.py"),
    "strings are up to date": command("python", ".ci/messages.py", "--check"),
    "logical properties in CSS": physical_css,
    "no inline code in templates": inline_code,
    "production settings (check --deploy)": production,
}


def main(words: list[str]) -> int:
    chosen = {name: check for name, check in CHECKS.items() if not words or any(word in name for word in words)}
    began = time.monotonic()
    failed: list[str] = []

    def timed(check: Callable[[], Result]) -> tuple[bool, str, float]:
        start = time.monotonic()
        good, output = check()
        return good, output, time.monotonic() - start

    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {name: pool.submit(timed, check) for name, check in chosen.items()}
        for name, future in running.items():
            good, output, seconds = future.result()
            print(f"{'ok    ' if good else 'FAILED'} {name} ({seconds:.0f} s)", flush=True)
            if not good:
                failed.append(name)
                print("\n".join(f"       {line}" for line in output.splitlines()), flush=True)
    print()
    print(f"{len(chosen) - len(failed)} checks passed, {len(failed)} failed, in {time.monotonic() - began:.0f} s")
    for name in failed:
        print(f"  failed: {name}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
