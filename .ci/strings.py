"""Finds words for people that are not marked for translation, in templates, Python and JavaScript.

In a template: text and the attributes people read, outside ``translate`` and ``blocktranslate``. In Python: labels,
help texts, names, choices, messages and errors given as plain strings. Prints ``file:line: words``; exit code 1 if any.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("site", "courses", "modules", "media")
# Not for people who use the site: samples of the styleguide, the admin's command line, content, tests' data.
APART = ("/migrations/", "/management/", "/starter/", "styleguide", "swatches", "/config/")
# The same in every language.
INTERNATIONAL = {"PDF", "ZIP", "CSV", "XLSX", "UTC", "QR", "KB", "MB", "DOI", "ORCID", "ISO", "URL", "JSON", "SHA-256"}
LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[-’'])+")
HOLE = "_"

Finding = tuple[Path, int, str]


def words(text: str) -> str:
    """Return the words of ``text`` that need translation, as one string."""
    return " ".join(word for word in LETTERS.findall(text) if word not in INTERNATIONAL)


# --- Templates ----------------------------------------------------------------------------------

READ_ATTRIBUTES = {"title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "alt", "label"}
PARAMETER = re.compile(r"\b(title|text|label|message|hint|heading|why|caption|summary)=(\"[^\"]*\"|'[^']*')")
NOT_TEXT = re.compile(r"^block \w*(class|attributes)\b")
OPENERS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}


def without_tags(source: str) -> str:
    """Return the template with every tag, variable, comment and translated block made a hole; lines stay."""
    out: list[str] = []
    until = ""
    for token in Lexer(source).tokenize():
        inside = bool(until)
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents.split() else ""
        if inside:
            until = "" if name == until else until
        elif name in OPENERS:
            until = OPENERS[name]
        elif name == "block" and NOT_TEXT.search(token.contents):
            until = "endblock"
        keep = token.token_type == TokenType.TEXT and not inside
        out.append(token.contents if keep else HOLE + "\n" * raw_lines(token))
    return "".join(out).replace("<" + HOLE, "<x").replace("</" + HOLE, "</x")


def raw_lines(token: object) -> int:
    return str(getattr(token, "contents", "")).count("\n")


class Reader(HTMLParser):
    """Collects the words a person reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "code"):
            self.silent += 1
        given = dict(attrs)
        readable = set(READ_ATTRIBUTES)
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            readable.add("value")
        if tag == "meta" and given.get("name") == "description":
            readable.add("content")
        for name, value in attrs:
            if name in readable and value and words(value):
                self.found.append((self.getpos()[0], f'{name}="{words(value)}"'))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "code") and self.silent:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent and words(data):
            line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
            self.found.append((line, words(data)))


def in_template(path: Path) -> Iterator[Finding]:
    source = path.read_text()
    plain = without_tags(source)
    if path.suffix == ".txt":
        for number, line in enumerate(plain.splitlines(), 1):
            if words(line):
                yield path, number, words(line)
    else:
        reader = Reader()
        reader.feed(plain)
        reader.close()
        for number, text in reader.found:
            yield path, number, text
    for number, line in enumerate(source.splitlines(), 1):
        for tag in re.findall(r"{%\s*include\b.*?%}", line):
            for name, value in PARAMETER.findall(tag):
                if words(value):
                    yield path, number, f"{name}={value}"


# --- Python -------------------------------------------------------------------------------------

READ_KEYWORDS = {
    "label",
    "help_text",
    "verbose_name",
    "verbose_name_plural",
    "empty_label",
    "menu_label",
    "heading",
    "placeholder",
}
READ_NAMES = {"verbose_name", "verbose_name_plural", "short_description", "menu_label", "add_to_settings_menu_label"}
READ_CALLS = {"ValidationError", "DomainError", "PermissionDenied", "Http404"}
MESSAGE_CALLS = {"success", "info", "warning", "error", "debug"}


def literal(node: ast.expr | None) -> str:
    """Return the words of a plain string or f-string, empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return words(node.value)
    if isinstance(node, ast.JoinedStr):
        return words(" ".join(part.value for part in node.values if isinstance(part, ast.Constant)))
    return ""


def is_note(node: ast.expr) -> bool:
    """Whether a help text is a note for developers: it begins in lower case; what people read is a sentence."""
    return isinstance(node, ast.Constant) and str(node.value)[:1].islower()


class Walker(ast.NodeVisitor):
    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Finding] = []
        self.classes: list[ast.ClassDef] = []

    def note(self, node: ast.AST, text: str) -> None:
        if text:
            self.found.append((self.path, getattr(node, "lineno", 0), text))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
        choices = bool(bases & {"TextChoices", "IntegerChoices"})
        for statement in node.body:
            if isinstance(statement, ast.Assign):
                names = {getattr(target, "id", "") for target in statement.targets}
                if names & READ_NAMES:
                    self.note(statement, literal(statement.value))
                if choices and isinstance(statement.value, ast.Tuple):
                    self.note(statement, literal(statement.value.elts[-1]))
        self.classes.append(node)
        self.generic_visit(node)
        self.classes.pop()

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        for keyword in node.keywords:
            if keyword.arg == "help_text" and is_note(keyword.value):
                continue
            if keyword.arg in READ_KEYWORDS:
                self.note(keyword.value, literal(keyword.value))
            if keyword.arg == "error_messages" and isinstance(keyword.value, ast.Dict):
                for value in keyword.value.values:
                    self.note(value, literal(value))
        first = node.args[0] if node.args else None
        if name in READ_CALLS:
            self.note(node, literal(first))
        if name == "add_error" and len(node.args) > 1:
            self.note(node, literal(node.args[1]))
        owner = function.value if isinstance(function, ast.Attribute) else None
        if name in MESSAGE_CALLS and getattr(owner, "id", "") == "messages" and len(node.args) > 1:
            self.note(node, literal(node.args[1]))
        super_call = isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super"
        if (
            name == "__init__"
            and super_call
            and any("Error" in ast.dump(base) for c in self.classes for base in c.bases)
        ):
            self.note(node, literal(first))
        self.generic_visit(node)


def in_python(path: Path) -> Iterator[Finding]:
    walker = Walker(path)
    walker.visit(ast.parse(path.read_text()))
    yield from walker.found


# --- JavaScript ---------------------------------------------------------------------------------

SHOWN = re.compile(r"(?:textContent|innerText|innerHTML|\.title|ariaLabel)\s*\+?=\s*([\"'`])((?:(?!\1).)*)\1")
CALLED = re.compile(r"\b(?:alert|confirm|prompt|announce)\(\s*([\"'`])((?:(?!\1).)*)\1")


def in_javascript(path: Path) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text().splitlines(), 1):
        for _quote, text in [*SHOWN.findall(line), *CALLED.findall(line)]:
            if words(text):
                yield path, number, text


def findings() -> Iterator[Finding]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            place = f"/{path.relative_to(ROOT)}"
            if any(part in place for part in APART) or not path.is_file():
                continue
            if "/templates/" in place and path.suffix in (".html", ".txt"):
                yield from in_template(path)
            elif path.suffix == ".py":
                yield from in_python(path)
            elif path.suffix == ".js" and "/static/" in place:
                yield from in_javascript(path)


if __name__ == "__main__":
    lines = [f"{path.relative_to(ROOT)}:{number}: {text}" for path, number, text in findings()]
    print("\n".join(lines))
    sys.exit(bool(lines))
