"""Template tag for pages of other rooms whose body is made of lesson blocks."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ..body import render_body

register = template.Library()


@register.simple_tag
def lesson_body(stream: Any, language: str = "") -> SafeString:
    """``{% lesson_body page.body content_language.code %}`` inside an element of class ``prose``."""
    return render_body(stream, language or get_language() or "en")
