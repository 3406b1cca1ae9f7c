"""The platform's addresses, and a bare view: session and user, nothing else."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as campus_urlpatterns


def bare(request: HttpRequest) -> HttpResponse:
    """The least that a page for a signed-in person does."""
    return HttpResponse(f"{request.user.pk} {request.session.get('nothing')}")


urlpatterns = [path("bare/", bare), *campus_urlpatterns]
