"""Every address of the platform."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts.admin_account import admin_account
from accounts.views import admin_login, admin_logout, slip_address
from jobs.views import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/login/", admin_login),  # before Wagtail's own form, which knows no second factor
    path("admin/logout/", admin_logout),  # and before Wagtail's signing out, which knows nothing of unsent work
    path("admin/account/", admin_account),  # and before its page of one's account, which asks for two names
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("slip", slip_address, name="slip_address"),
    path("", include("home.urls_root")),
    path("", include("courses.certificates.urls_root")),
]
if settings.CAMPUS_SAMPLE_DATA:
    urlpatterns += [path("", include("home.urls_local"))]
    # On a server the proxy or the storage gives the public uploads out; here nobody else does.
    urlpatterns += [re_path(r"^uploads/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})]
urlpatterns += i18n_patterns(
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("", include("courses.participants.urls")),
    path("", include("courses.privacy.urls")),
    path("", include("courses.catalogue.urls")),
    path("", include("courses.workshops.urls")),
    path("", include("courses.certificates.urls")),
    path("", include("jobs.urls")),
    path("", include("modules.assessments.urls")),
    path("", include("modules.reference.urls")),
    path("", include("modules.lessons.urls")),
    path("", include("home.urls")),
    path("", include(wagtail_urls)),
)
