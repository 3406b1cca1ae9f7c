"""Right answers to questions of every type, and how they are given in a page."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

ESSAY = "Prior informed consent comes first, then the terms are agreed."


def right_fields(question: Any) -> list[tuple[str, list[str]]]:
    """Return the fields of a right answer, ``(name in the page, values)``; a file to hand in has none."""
    version = question.version
    body, words, name = version.body, version.text_in("en"), f"q{question.pk}"
    if "choices" in body:
        return [(name, [choice["id"] for choice in body["choices"] if choice["correct"]])]
    if "targets" in body:
        return [(f"{name}-{item['id']}", [item["target"]]) for item in body["items"]]
    if "items" in body:
        return [(f"{name}-{id}", [str(place)]) for place, id in enumerate(body["items"], start=1)]
    if "gaps" in body:
        return [
            (f"{name}-{gap['id']}", [gap.get("right") or words.parts[gap["id"]]["text"].splitlines()[0]])
            for gap in body["gaps"]
        ]
    if "answers" in body:
        full = next(answer for answer in body["answers"] if answer.get("weight", "1") == "1")
        unit = [(f"{name}-unit", [unit["id"]]) for unit in body.get("units", [])[:1]]
        return [(name, [full.get("value") or words.parts[full["id"]]["text"].splitlines()[0]]), *unit]
    return [] if version.kind.takes_files else [(name, [ESSAY])]


def answer_rightly(page: Page, question: Any) -> None:
    """Give a right answer with the pointer."""
    for name, values in right_fields(question):
        for value in values:
            field = page.locator(f'[name="{name}"]')
            kind = field.first.evaluate("field => field.type")
            if kind in ("radio", "checkbox"):
                page.check(f'input[name="{name}"][value="{value}"]')
            elif kind == "select-one":
                field.select_option(value)
            else:
                field.fill(value)
