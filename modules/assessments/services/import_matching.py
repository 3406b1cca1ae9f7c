"""Which questions here are those that come in: by key, and of one name by what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..exchange.draft import Draft
from ..exchange.identity import Series
from ..exchange.keeping import ids_of
from ..exchange.likeness import Said, pair
from ..models import Question, QuestionVersion
from ..words import to_html

FIRST = 4
"""So many keys of a series are looked up at once; more while there are any."""


@dataclass
class Matched:
    """The ``keys`` of the questions of a chunk, in their order; what is ``held`` under them, its newest version and
    every id that a part of it ever used.
    """

    keys: list[str] = field(default_factory=list)
    held: dict[str, Question] = field(default_factory=dict)
    newest: dict[int, QuestionVersion] = field(default_factory=dict)
    used: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


class Matching:
    """Finds the questions of one file, chunk by chunk; none is found twice."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.taken: defaultdict[Series, set[str]] = defaultdict(set)

    def match(self, drafts: Sequence[tuple[Draft, str | Series]]) -> Matched:
        """Return which question here each draft is, with the key of each that is new. Locks what it finds."""
        named: defaultdict[Series, list[int]] = defaultdict(list)
        for place, (_draft, known) in enumerate(drafts):
            if isinstance(known, Series):
                named[known].append(place)
        matched = Matched()
        keys = self._find({known for _draft, known in drafts if isinstance(known, str)}, named, matched)
        versions = QuestionVersion.objects.filter(question__in=matched.held.values()).order_by("number")
        for version in versions.prefetch_related("texts"):
            matched.newest[version.question_id] = version
            matched.used[version.question_id] |= ids_of(version.body)
        told = {place: known for place, (_draft, known) in enumerate(drafts) if isinstance(known, str)}
        for series, places in named.items():
            told |= self._tell_apart(series, keys[series], [(place, drafts[place][0]) for place in places], matched)
        matched.keys = [told[place] for place in range(len(drafts))]
        return matched

    def _find(
        self, known: set[str], named: dict[Series, list[int]], matched: Matched
    ) -> defaultdict[Series, list[str]]:
        """Look up keys, and those of each series until some in a row are free; return the keys of each series."""
        keys: defaultdict[Series, list[str]] = defaultdict(list)
        wanted, going = set(known), list(named)
        while wanted or going:
            fresh = {}
            for series in going:
                number = max(FIRST, 3 * len(keys[series]), len(named[series]) + len(self.taken[series]))
                fresh[series] = [series.key(len(keys[series]) + place) for place in range(1, number + 1)]
                keys[series] += fresh[series]
                wanted.update(fresh[series])
            found = {question.key: question for question in Question.objects.select_for_update().filter(key__in=wanted)}
            matched.held |= found
            wanted, going = set(), [series for series in going if any(key in found for key in fresh[series])]
        return keys

    def _tell_apart(
        self, series: Series, keys: list[str], coming: list[tuple[int, Draft]], matched: Matched
    ) -> dict[int, str]:
        """Return the key of each question of one name, by its place in the chunk."""
        taken = self.taken[series]
        here = [key for key in keys if key in matched.held and key not in taken]
        pairs = pair(
            [Said(to_html(draft.text), draft.type, draft.body, draft.parts) for _place, draft in coming],
            [self._said(matched, key) for key in here],
        )
        free = (key for key in keys if key not in matched.held and key not in taken)
        told = {
            place: here[pairs[number]] if number in pairs else next(free)
            for number, (place, _draft) in enumerate(coming)
        }
        taken.update(told.values())
        return told

    def _said(self, matched: Matched, key: str) -> Said:
        version = matched.newest.get(matched.held[key].pk)
        if version is None:
            return Said(None, "", {}, {})
        row = next((row for row in version.texts.all() if row.language == self.language), None)
        return Said(row.text if row else None, version.type, version.body, row.parts if row else {})
