"""The glossary's page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from .glossary import by_letter, shown_in


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """Every word, by letter; with ``q`` those that have it in name, other form or explanation."""
    language, search = get_language() or settings.LANGUAGE_CODE, request.GET.get("q", "")[:100].strip()
    terms = shown_in(language, search)
    context = {"letters": by_letter(terms), "count": len(terms), "search": search, "language": language}
    return render(request, "reference/glossary.html", context)
