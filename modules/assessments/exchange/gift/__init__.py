"""GIFT, Moodle's text format of questions: read with line numbers, and written. Pure: text in, records out.

An empty line ends a question. ``::name::`` and ``[format]`` go before the text, ``{answers}`` anywhere in
it; a line that begins with ``//`` is a comment, in which Moodle keeps ``[id:…]`` and ``[tag:…]``. The
characters ``~ = # { } :`` and the backslash are written with a backslash before them, a line end as
``\\n``. What the answers look like tells the kind of question, by Moodle's own rules:

=====================  ======================================================
``description``        no braces
``essay``              ``{}``
``numerical``          begins with ``#``: ``{#3:0.5}``, ``{#1..5}``, ``{#=3:0 =%50%3:1}``
``multichoice``        has a ``~``
``matching``           every ``=`` has a ``->``
``truefalse``          ``{T}``, ``{FALSE#when wrong#when right}``
``shortanswer``        the rest
=====================  ======================================================
"""

from .reading import read
from .records import GAP, WHOLE, Answer, Record, Text, category_path, decimal_of, written_names, written_path
from .writing import escaped, record_of, words_of, write

__all__ = [
    "GAP",
    "WHOLE",
    "Answer",
    "Record",
    "Text",
    "category_path",
    "decimal_of",
    "escaped",
    "read",
    "record_of",
    "words_of",
    "write",
    "written_names",
    "written_path",
]
