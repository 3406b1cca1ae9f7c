"""Reading the starter files."""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
NAMESPACE = uuid.UUID("8f5c1a3e-6d0b-4f3a-9a52-6f1f6b1d2c47")
LANGUAGES = ("ar", "es", "fr", "ru", "zh-hans")


def key_of(*parts: str) -> uuid.UUID:
    """Return the stable key of a starter record, for example ``key_of("lesson", "abs-policy-why-first")``."""
    return uuid.uuid5(NAMESPACE, ":".join(parts))


@cache
def read(name: str) -> Any:
    """Return a file's content (``modules/abs-policy``, without the ending); ``None`` when there is no such file."""
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        return None
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def courses() -> list[dict[str, Any]]:
    """Return the courses in the order of their field."""
    names = sorted(path.stem for path in (FOLDER / "courses").glob("*.yaml") if "." not in path.stem)
    return [read(f"courses/{name}") for name in names]


def translations(name: str) -> dict[str, Any]:
    """Return ``{language: content}`` of a file's translations, where there are any."""
    found = {language: read(f"{name}.{language}") for language in LANGUAGES}
    return {language: content for language, content in found.items() if content}
