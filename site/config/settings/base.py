"""Settings shared by every environment.

Everything that differs between machines comes from an environment variable; without any, the
platform runs embedded: SQLite, a file-system broker and files under ``var/`` (see docs/operations.md).
"""

import logging
import os
from pathlib import Path

import environ
from celery.schedules import crontab
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[3]
SITE_DIR = ROOT / "site"
QUESTION_TYPES = ROOT / "modules/assessments/types"

env = environ.Env()
env.ENVIRON = {name: value for name, value in os.environ.items() if value}  # empty means: as if it were not given
VAR = Path(env("CAMPUS_VAR", default=str(ROOT / "var")))
for folder in ("", "uploads", "private", "static", "mail", "queue/in", "queue/processed", "queue/control"):
    (VAR / folder).mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_FAILURE_VIEW = "accounts.views.form_refused"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env("BASE_URL", default="http://localhost:8000").rstrip("/")
WAGTAILADMIN_BASE_URL = BASE_URL

INSTALLED_APPS = [
    # our rooms, highest first, so that their templates and commands win
    "home",
    "courses.certificates",
    "courses.workshops",
    "courses.catalogue",
    "courses.privacy",
    "courses.participants",
    "modules.assessments",
    "modules.lessons",
    "modules.reference",
    "modules.records",
    "media",
    "jobs",
    "institutions",
    "accounts",
    "core",
    # Wagtail; wagtail_localize.locales replaces wagtail.locales
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.CampusUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmedia",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.ViewerLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "core.middleware.AdminDoorMiddleware",
    "institutions.second_factor.SecondFactorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates", QUESTION_TYPES.parent],  # types/choice/fields.html lies beside its class
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context_processors.layout",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'campus.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: without it, concurrent read-then-write transactions fail instead of waiting.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env("CACHE_URL", default="")
# Without one, files, which the processes of one machine share: what one of them changes the others must not keep, and
# rate limits must count. With several machines give CACHE_URL.
CACHES = {
    "default": env.cache_url_config(CACHE_URL)
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Background work ----------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="filesystem://localhost")
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT = "jobs.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "queue/in"),
        "data_folder_out": str(VAR / "queue/in"),
        "processed_folder": str(VAR / "queue/processed"),
        "control_folder": str(VAR / "queue/control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "jobs.scheduler:HeartbeatScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "scheduler")
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_BEAT_SCHEDULE = {
    "jobs-sweep": {"task": "jobs.tasks.sweep", "schedule": 10.0, "options": {"expires": 15}},
    "quizzes-overdue": {"task": "modules.assessments.tasks.close_overdue", "schedule": 60.0},
    "focal-point-roles": {
        "task": "courses.participants.tasks.refresh_due_roles",
        "schedule": crontab(minute="5", hour="0"),
    },
    "old-imports": {"task": "courses.participants.tasks.forget_imports", "schedule": crontab(minute="15", hour="1")},
    "digests": {"task": "courses.catalogue.tasks.send_digests", "schedule": crontab(minute="3")},
    "deadlines": {"task": "courses.catalogue.tasks.send_deadlines", "schedule": crontab(minute="8")},
    "completions": {"task": "courses.catalogue.tasks.notice_completions", "schedule": crontab(minute="45", hour="1")},
    "privacy-erasures": {"task": "courses.privacy.tasks.erase_due", "schedule": crontab(minute="10")},
    "privacy-retention": {
        "task": "courses.privacy.tasks.enforce_retention",
        "schedule": crontab(minute="30", hour="2"),
    },
    "old-merges": {"task": "courses.participants.tasks.forget_merges", "schedule": crontab(minute="25", hour="1")},
    "publish-scheduled-pages": {"task": "jobs.tasks.publish_scheduled", "schedule": crontab(minute="*/5")},
    "workshops-follow-zones": {"task": "courses.workshops.tasks.recompute_times", "schedule": crontab(minute="20")},
    "workshops-held": {"task": "courses.workshops.tasks.hold_past_workshops", "schedule": crontab(minute="40")},
}

# --- E-mail -------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="filemail://"))
if "EMAIL_URL" not in env.ENVIRON:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR / "mail")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Protocol Campus <campus@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20

# --- Files --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    SITE_DIR / "static",
    *((f"types/{folder.parent.name}", folder) for folder in sorted(QUESTION_TYPES.glob("*/static"))),
]
MEDIA_URL = "/uploads/"
MEDIA_ROOT = VAR / "uploads"
PRIVATE_ROOT = VAR / "private"
S3_BUCKET = env("S3_BUCKET", default="")
if S3_BUCKET:
    _s3 = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env("S3_ENDPOINT_URL", default=None),
        "region_name": env("S3_REGION", default=None),
        "access_key": env("S3_ACCESS_KEY_ID", default=None),
        "secret_key": env("S3_SECRET_ACCESS_KEY", default=None),
        "file_overwrite": False,
    }
    _public = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            **_s3,
            "location": "public",
            "querystring_auth": False,
            "default_acl": None,
            "custom_domain": env("S3_PUBLIC_HOST", default=None),
        },
    }
    _private = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**_s3, "location": "private", "querystring_auth": True, "default_acl": "private"},
    }
else:
    _public = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    _private = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(PRIVATE_ROOT), "base_url": None, "file_permissions_mode": 0o600},
    }
STORAGES = {
    "default": _public,
    "private": _private,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- People -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("learner_home")
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "jobs.account_mail.OutboxAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = False
ACCOUNT_RATE_LIMITS = {
    "signup": "20/m/ip",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "confirm_email": "1/3m/key",
    "request_login_code": "20/m/ip,3/5m/key",
}
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Protocol Campus"
MFA_ADAPTER = "institutions.second_factor.CampusMFAAdapter"
CAMPUS_REQUIRE_SECOND_FACTOR = env.bool("CAMPUS_REQUIRE_SECOND_FACTOR", default=False)

# --- Privacy ------------------------------------------------------------------------------
# Days that a kind of record is kept, where they differ from the room's own: "mail=30,views=365"; 0 is for ever.
CAMPUS_RETENTION = {kind: int(days) for kind, days in env.dict("CAMPUS_RETENTION", default={}).items()}

# --- Languages and times ------------------------------------------------------------------
LANGUAGES = [
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("ru", _("Russian")),
    ("zh-hans", _("Chinese")),
]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LANGUAGE_CODE = "en"
LOCALE_PATHS = [SITE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]  # English dates as the UN writes them: 12 May 2026
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Wagtail ------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Protocol Campus"
WAGTAILADMIN_LOGIN_URL = reverse_lazy("account_login")
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no hashes of addresses to strangers
WAGTAILIMAGES_IMAGE_MODEL = "media.CampusImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "media.forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "svg", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_MODEL = "media.CampusDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "media.forms.DocumentForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "key", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILMEDIA = {
    "MEDIA_MODEL": "media.CampusMedia",
    "MEDIA_FORM_BASE": "media.forms.MediaForm",
    "AUDIO_EXTENSIONS": ["mp3", "m4a", "ogg", "opus"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
}
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "ol", "ul", "link", "document-link"]},
    },
}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILLOCALIZE_DISABLE_ON_DELETE = False

# The blocks a lesson may hold: (name, dotted path). A room that adds blocks adds a line here.
LESSON_BLOCKS = [
    ("text", "modules.lessons.blocks.TextBlock"),
    ("heading", "modules.lessons.blocks.HeadingBlock"),
    ("picture", "media.blocks.PictureBlock"),
    ("quotation", "modules.lessons.blocks.QuotationBlock"),
    ("callout", "modules.lessons.blocks.CalloutBlock"),
    ("table", "modules.lessons.blocks.TableBlock"),
    ("details", "modules.lessons.blocks.DetailsBlock"),
    ("file", "media.blocks.FileBlock"),
    ("media", "media.blocks.MediaBlock"),
]

# --- Safety -------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Pictures, audio and video come from the bucket where there is one.
_files_host = env("S3_PUBLIC_HOST", default="") or env("S3_ENDPOINT_URL", default="").removeprefix("https://")
_files_from = [f"https://{_files_host.split('/')[0]}"] if S3_BUCKET and _files_host else []
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),  # /admin/ sends its own policy: core.middleware
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *_files_from],
        "media-src": ["'self'", *_files_from],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}
CAMPUS_SAMPLE_DATA = False


def _worth_a_line(record: logging.LogRecord) -> bool:
    """A health check that fails tells who asked; it need not fill the log."""
    return getattr(getattr(record, "request", None), "path", "") != "/healthz"


# No personal data: no addresses of people, no query strings, no 404s (their paths may be somebody's links).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"worth_a_line": {"()": "django.utils.log.CallbackFilter", "callback": _worth_a_line}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["worth_a_line"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "jobs": {"level": "INFO"},
        "celery": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
