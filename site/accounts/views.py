"""One's profile; the door of the admin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import services
from .forms import ProfileForm
from .models import User


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account_profile(request: HttpRequest) -> HttpResponse:
    """Name, language and time zone. Saving goes on in the language chosen."""
    user: Any = request.user
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        services.save_profile(user=user, **form.cleaned_data)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Your settings are saved."))
            return redirect("account_profile")
    return render(request, "account/profile.html", {"form": form})


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Staff sign in where everybody does (decision 15)."""
    after = request.GET.get("next") or reverse("wagtailadmin_home")
    return redirect(f"{reverse('account_login')}?{urlencode({'next': after})}")
