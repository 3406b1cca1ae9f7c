"""The contract of a question type. Pure: no database, no clock; see ``docs/question-types.md``.

A question is a **body** (JSON free of language: which parts there are, what is right) and **words** in one or
more languages. A part (a choice, an item, a gap) has an id; the body says what it is, the words how it reads.
An **answer** is JSON too; whatever is false (``[]``, ``{}``, ``""``) is no answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.languages import fallback_order

from ..exchange.contract import Exchange

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText

    from ..admin_forms import QuestionForm

Body = Mapping[str, Any]
Answer = Any

PARTS_ASKED = ("choices", "items", "targets", "gaps")
"""The lists of a body that learners see and answer. (Accepted answers and units only say how an answer is graded.)"""


class InvalidQuestion(DomainError):
    """A question that could not be asked or graded."""


class UnknownAnswer(DomainError):
    """An answer that the question does not offer."""

    def __init__(self, why: str = "") -> None:
        unknown = _("This answer does not belong to the question. Load the page again and answer once more.")
        super().__init__(why or unknown)


@dataclass(frozen=True)
class Words:
    """The words of a question in one language. ``text`` and ``feedback`` are clean HTML, those of parts plain text."""

    language: str
    text: str = ""
    feedback: str = ""
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def part(self, id: str, name: str = "text") -> str:
        """The text (or ``"feedback"``) of a part; empty where there is none."""
        return self.parts.get(id, {}).get(name, "")

    def lines(self, id: str) -> list[str]:
        """The text of a part that holds one accepted wording on each line."""
        return [line.strip() for line in self.part(id).splitlines() if line.strip()]


@dataclass(frozen=True)
class Content:
    """A version of a question as a type sees it: the body, and the words of all its languages.

    ``salt`` shuffles this version unlike any other. In an attempt (``contents``) there are also ``pictures`` that the
    body names (``{id: {"url", "width", "height", "alt"}}``), the ``files`` handed in by key, and the released ``mark``
    (``{"levels", "comment"}``).
    """

    body: Body
    words: Mapping[str, Words] = field(default_factory=dict)
    source: str = "en"
    salt: str = ""
    pictures: Mapping[int, Any] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    mark: Mapping[str, Any] | None = None

    def in_language(self, language: str | None, needed: Iterable[str] = ()) -> Words:
        """The first language of the fallback in which none of the ``needed`` parts lacks its text, else the first."""
        ids = list(needed)
        known = [self.words[code] for code in fallback_order(language, self.source) if code in self.words]
        whole = (words for words in known if all(words.part(id) for id in ids))
        return next(whole, known[0] if known else Words(language or self.source))


class MultiDict(Protocol):
    """What a posted form is: Django's ``QueryDict``, or one of files."""

    def getlist(self, key: str) -> list[Any]: ...

    def __iter__(self) -> Any: ...


class Fields:
    """The fields of one question in a posted form: ``q12`` for the question, ``q12-a`` for its part ``a``."""

    def __init__(self, data: MultiDict, name: str) -> None:
        self.data, self.name = data, name

    def all(self, part: str = "") -> list[str]:
        """Every value of a field, as sent."""
        return [str(value) for value in self.data.getlist(f"{self.name}-{part}" if part else self.name)]

    def one(self, part: str = "") -> str:
        """The last value of a field without space around it; empty when it was not sent."""
        values = self.all(part)
        return values[-1].strip() if values else ""

    def parts(self) -> list[str]:
        """The parts that were sent, also those that the question does not have."""
        prefix = f"{self.name}-"
        return [name.removeprefix(prefix) for name in self.data if name.startswith(prefix)]


@dataclass(frozen=True)
class AnswerRow:
    """One answer in the statistics of a question: how many gave it, and which share (0 to 1) that is."""

    label: str
    count: int
    right: bool | None
    share: Fraction


class QuestionType(ABC):
    """How a question is asked, answered, graded and counted. One object for each type, without state."""

    name: ClassVar[str]
    """What the database calls it. Never changed."""
    place: ClassVar[int]
    """Where it stands among the types that an author chooses from: the lowest first."""
    label: ClassVar[str | LazyText]
    hint: ClassVar[str | LazyText]
    """One sentence for the author who chooses a type."""
    icon: ClassVar[str] = "help"
    """An icon of the admin."""
    marked_by_person: ClassVar[bool] = False
    takes_files: ClassVar[bool] = False
    typed: ClassVar[bool] = False
    """Whether an answer is a person's own words: statistics then show no wrong one that a single person gave."""
    text_holds_fields: ClassVar[bool] = False
    """Whether the answer's fields stand within the text of the question, which the type then writes itself."""
    exchange: ClassVar[Exchange] = Exchange()
    """How such questions are written in other systems' formats."""
    script: ClassVar[str] = ""
    """A static file that improves the fields, loaded on pages that ask such a question: ``types/NAME/FILE.js`` is
    ``static/FILE.js`` in the type's folder."""
    lines: ClassVar[str] = ""
    """Where every part of ``field`` that depends on learner or seed is a list of choices: its name. An answer is then a
    list of ids, and the question is rendered once for everybody (``paper``)."""
    role: ClassVar[str] = "group"
    """The ARIA role of the question as a group of fields."""

    @property
    def template_name(self) -> str:
        """The template of the answer's fields; it gets ``name`` (of the fields), ``id``, ``locked`` and ``field``."""
        return f"types/{type(self).__module__.rpartition('.')[2]}/fields.html"

    @abstractmethod
    def form_class(self) -> type[QuestionForm]:
        """The form in which an author writes such a question (import it here, not at the top)."""

    def needed(self, body: Body) -> list[str]:
        """The parts without whose text a language is not fit to be shown."""
        return []

    def wordings(self, body: Body) -> list[str]:
        """The parts whose text holds what is accepted, one wording on each line; what one language accepts counts in
        all.
        """
        return []

    def compared(self, body: Body, wording: str) -> str:
        """Return what two wordings are compared by."""
        return wording

    def picture_ids(self, body: Body) -> list[int]:
        """The pictures of ``media`` that the body names."""
        return []

    def right_in(self, key: Body, asked: Body) -> Body:
        """Return the body by which answers to ``asked`` are graded when ``key``, a later version, says what is right.

        Nothing is asked of anybody that they were not asked then: the parts that the key has more (choices, items,
        targets, gaps) are left out, so that they neither give points nor take any.
        """
        return {**key, **{name: _only_of(key[name], asked.get(name, [])) for name in PARTS_ASKED if name in key}}

    @abstractmethod
    def check(self, body: Body, words: Words) -> None:
        """Raise ``InvalidQuestion``, in words for the author, unless this can be asked and graded.

        Called with the words of one language at a time; that there is a text at all is checked for every type.
        """

    def parse(self, content: Content, fields: Fields) -> Answer:
        """Return the answer that a posted form holds. Raises ``UnknownAnswer``; what is missing is unanswered."""
        return self.clean(content, self.read(content, fields))

    @abstractmethod
    def read(self, content: Content, fields: Fields) -> Answer:
        """Return what a posted form holds for this question, unchecked, to show it again in any case."""

    @abstractmethod
    def clean(self, content: Content, answer: Answer) -> Answer:
        """Return an answer (from anywhere) in its one form. Raises ``UnknownAnswer`` for what is not offered."""

    @abstractmethod
    def grade(self, content: Content, answer: Answer) -> Fraction:
        """Return the share of the points that a clean answer earns, 0 to 1; no answer earns 0.

        What is right in any language of the version is right: a learner may change language on the way.
        Types marked by a person return 0: their points are the ``Mark``.
        """

    @abstractmethod
    def card(self, content: Content, answer: Answer, *, language: str, seed: int, graded: bool) -> dict[str, Any]:
        """Return ``field`` for the template: what is asked and answered, and when graded what was right and why.

        ``answer`` may come unchecked from a refused form. Texts are safe or plain, marked with their language
        where it is not ``language``.
        """

    def order_of(self, ids: list[str], salt: str, seed: int) -> list[str]:
        """Return ``lines`` in the order that a learner sees."""
        return ids

    @abstractmethod
    def answer_text(self, content: Content, answer: Answer, language: str) -> str:
        """Return an answer as plain text, for marking, statistics and exports; empty when there is none."""

    @abstractmethod
    def statistics(self, content: Content, answers: Sequence[Answer], language: str) -> list[AnswerRow]:
        """Return how often each answer was given among ``answers``, one for each attempt."""


def _only_of(entries: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    """Return the parts of one list of a body that stand in another too."""
    known = {_id_of(other) for other in others}
    return [entry for entry in entries if _id_of(entry) in known]


def _id_of(entry: Any) -> str:
    return str(entry["id"] if isinstance(entry, Mapping) else entry)


def counted(count: int, total: int, label: str, right: bool | None = None) -> AnswerRow:
    """Return a row of the statistics."""
    return AnswerRow(label, count, right, Fraction(count, total) if total else Fraction(0))
