"""What is wrong with a row of a list, and what it says when nothing is. No database.

``read_row`` turns cells into the details of a person. Everything wrong is named at once, as a code with
values; ``wording.problem`` says it in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation

from core.languages import native_name
from core.spreadsheets import plain_cell
from institutions.names import country_name, usual_name

from ..matching import Description, Reason, Verdict, key_of, weigh
from ..models import Gender, Represents, StakeholderGroup
from ..names import has_letter, is_latin, tidy_name
from .columns import Column, plain

LIMITS = {"name": 200, "name_latin": 200, "title": 60, "email": 254, "organisation": 200, "position": 200}
FORMULA_SIGNS = ("=", "+", "@")
"""What a spreadsheet takes for a formula. A dash is left to people: it stands for "none" in many lists."""
ERROR_VALUE = re.compile(r"#(?:[¡¿]?[\w/ ]+[!?]|\w/\w|NV|N/?A N/?A|GETTING_DATA)|Err:\d{3}", re.IGNORECASE)
"""What spreadsheet programs show where a formula failed, in any of their languages: #N/A, #REF!, #¿NOMBRE?, Err:502."""
NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "null", "/"}
COUNTRY_ALIASES = {
    "usa": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "drc": "CD",
    "democratic republic of the congo": "CD", "republic of the congo": "CG", "republic of congo": "CG",
    "ivory coast": "CI", "cote divoire": "CI", "united republic of tanzania": "TZ", "tanzania": "TZ", "viet nam": "VN",
    "lao pdr": "LA", "lao people s democratic republic": "LA", "syrian arab republic": "SY", "iran": "IR",
    "islamic republic of iran": "IR", "iran islamic republic of": "IR", "bolivia plurinational state of": "BO",
    "plurinational state of bolivia": "BO", "venezuela bolivarian republic of": "VE", "republic of korea": "KR",
    "south korea": "KR", "democratic people s republic of korea": "KP", "north korea": "KP",
    "republic of moldova": "MD", "russian federation": "RU", "czech republic": "CZ", "turkey": "TR",
    "cape verde": "CV", "cabo verde": "CV",
    "swaziland": "SZ", "burma": "MM", "brunei darussalam": "BN", "the gambia": "GM", "macedonia": "MK",
    "российская федерация": "RU", "китайская народная республика": "CN", "республика казахстан": "KZ",
    "中华人民共和国": "CN", "republique democratique du congo": "CD", "republique du congo": "CG",
    "republica bolivariana de venezuela": "VE", "estado plurinacional de bolivia": "BO",
    "المملكه العربيه السعوديه": "SA", "جمهوريه مصر العربيه": "EG", "الجمهوريه العربيه السوريه": "SY",
    "micronesia federated states of": "FM", "state of palestine": "PS", "the netherlands": "NL", "eu": "EU",
}  # fmt: skip


@dataclass
class Problem:
    """What is wrong, as a code and the values that its sentence names."""

    code: str
    column: str = ""
    value: str = ""

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "column": self.column, "value": self.value}


@dataclass
class Read:
    """A row as read: the details of a person, or what is wrong."""

    data: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def description(self) -> Description:
        return description_of(self.data)


def description_of(data: Mapping[str, Any]) -> Description:
    """Return what matching compares of a row's details."""
    names = tuple(name for name in (data.get("name", ""), data.get("name_latin", "")) if name)
    return Description(names, data.get("email", ""), data.get("country", ""), data.get("organisation", ""))


def same_person(one: Description, other: Description) -> bool:
    """Whether two rows of one list are of one person, so that the later one is not written down.

    Those of whom matching is sure, and those of the same name whose rows do not contradict each other: no other
    address, country or organisation. An address may be an office's: two names at it are two people.
    """
    found = weigh(one, other)
    if found.verdict == Verdict.SURE:
        return True
    if Reason.SAME_NAME not in found.reasons:
        return False
    if Reason.SAME_EMAIL in found.reasons:
        return True
    mine, theirs = key_of(one.organisation), key_of(other.organisation)
    return Reason.OTHER_EMAIL not in found.reasons and (not mine or not theirs or mine == theirs)


@dataclass(frozen=True)
class Vocabulary:
    """The words that stand for countries, languages and the other choices, as ``plain`` has them."""

    countries: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=4)
def vocabulary(countries: tuple[tuple[str, str, str], ...]) -> Vocabulary:
    """Build it from ``(iso2, iso3, English name)``; names count in every language of the platform."""
    names = {plain(alias): iso2 for alias, iso2 in COUNTRY_ALIASES.items()}
    for iso2, iso3, name in countries:
        names[plain(iso2)] = names[plain(iso3)] = names[plain(name)] = iso2
        for language, _label in settings.LANGUAGES:
            for translated in (country_name(iso2, language), usual_name(iso2, language)):
                if translated:
                    names[plain(translated)] = iso2
    known = {iso2 for iso2, _iso3, _name in countries}
    return Vocabulary({word: iso2 for word, iso2 in names.items() if iso2 in known}, _choices())


def _choices() -> dict[str, dict[str, str]]:
    """The words for a language, and for each choice of a column that has choices, in every language."""
    choices: dict[str, dict[str, str]] = {"language": {}}
    for code, _label in settings.LANGUAGES:
        short = code.split("-")[0]
        words = {code, short, native_name(code), f"{short}-{short}", *(["中文", "汉语"] if short == "zh" else [])}
        for language, _name in settings.LANGUAGES:
            words.add(_in(language, dict(settings.LANGUAGES)[code]))
        choices["language"] |= {plain(word): code for word in words}
    for column, kind in (("represents", Represents), ("stakeholder_group", StakeholderGroup), ("gender", Gender)):
        choices[column] = {}
        for value, label in kind.choices:
            choices[column][plain(value)] = value
            for language, _name in settings.LANGUAGES:
                choices[column][plain(_in(language, label))] = value
    choices["gender"] |= dict.fromkeys(("f", "female", "femme", "mujer", "женский", "ж", "انثي", "女"), "woman")
    choices["gender"] |= dict.fromkeys(("m", "male", "homme", "hombre", "мужской", "м", "ذكر", "男"), "man")
    return choices


def _in(language: str, label: Any) -> str:
    with translation.override(language):
        return str(label)


def read_row(cells: list[str], mapping: Mapping[int, str], words: Vocabulary, headings: int = 0) -> Read:
    """Read the cells of one row.

    ``mapping`` is ``{place: Column}``, ``headings`` how many columns the list has: a longer row has a
    delimiter too many, and nothing in it can be trusted.
    """
    read = Read()
    if headings and len([cell for cell in cells[headings:] if cell]):
        read.problems.append(Problem("too-many-cells"))
        return read
    # A table of ours that comes back has a quote before what would be a formula.
    values = {column: plain_cell(cells[place]) if place < len(cells) else "" for place, column in mapping.items()}
    for column, value in values.items():
        if problem := _no_text(value):
            read.problems.append(Problem(problem, column, value[:60]))
    wrong = {problem.column for problem in read.problems}
    values = {column: "" if value.casefold() in NOTHING else value for column, value in values.items()}
    if Column.NAME not in values and Column.GIVEN in values:
        whole = f"{values.pop(Column.GIVEN)} {values.pop(Column.FAMILY, '')}"
        values[Column.NAME] = whole
        wrong |= {Column.NAME.value} if wrong & {Column.GIVEN.value, Column.FAMILY.value} else set()
    for column, value in values.items():
        if column not in wrong:
            _read_value(read, column, value, words)
    wrong |= {problem.column for problem in read.problems}
    if Column.NAME not in wrong and not read.data.get("name"):
        read.problems.append(Problem("name-missing", Column.NAME))
    government = read.data.get("represents") == Represents.GOVERNMENT
    if government and Column.COUNTRY not in wrong and "country" not in read.data:
        read.problems.append(Problem("country-missing", Column.COUNTRY))
    return read


def _no_text(value: str) -> str:
    """Return the code of what makes a cell no text that anybody typed; empty where nothing does."""
    shown = value if value.isprintable() else tidy_name(value)  # what it is once signs nobody sees are gone
    if value.startswith(FORMULA_SIGNS) or shown.startswith(FORMULA_SIGNS):
        return "formula"
    if ERROR_VALUE.fullmatch(shown.strip()):
        return "error-value"
    return "unreadable" if "\ufffd" in value else ""


def _read_value(read: Read, column: str, value: str, words: Vocabulary) -> None:
    """Check one value and keep it, or say what is wrong with it."""
    if column in LIMITS:
        value = tidy_name(value)
    if not value:
        return
    if len(value) > LIMITS.get(column, 200):
        read.problems.append(Problem("too-long", column, f"{value[:40]}…"))
        return
    problem = ""
    if column == Column.NAME and not has_letter(value):
        problem = "name-without-letter"
    elif column == Column.NAME_LATIN and not is_latin(value):
        problem = "name-not-latin"
    elif column == Column.EMAIL:
        problem, value = _read_address(value)
    elif column == Column.COUNTRY:
        found = words.countries.get(plain(value), "")
        problem, value = ("", found) if found else ("country", value)
    elif column in words.choices:
        chosen = words.choices[column].get(plain(value), "")
        problem, value = ("", chosen) if chosen else ("choice", value)
    if problem:
        read.problems.append(Problem(problem, column, value[:60]))
    else:
        read.data[column] = value


def _read_address(value: str) -> tuple[str, str]:
    """Return the code of what is wrong, if anything, and the address; what is none as it was typed."""
    value = re.sub(r"^mailto:", "", value, flags=re.I).strip("<> ;,")
    local, at, domain = value.rpartition("@")
    try:
        validate_email(value)
    except ValidationError:
        problem = "email"
    else:
        problem = ""
    return problem, f"{local}@{domain.lower()}" if at else value
