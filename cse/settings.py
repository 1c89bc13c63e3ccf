"""Settings: one file, everything that differs between machines read from the environment.

Without ``DATABASE_URL`` and ``REDIS_URL`` the embedded servers are used (evaluation and
development only). ``CSE_PRODUCTION=1`` turns every hardening switch on and refuses to start
without the secrets that production needs.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from cse import embedded
from cse.logs import LOGGING, configure_structlog  # noqa: F401  LOGGING is a setting

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("CSE_PRODUCTION", default=False)
CSE_DEMO = env.bool("CSE_DEMO", default=False)
if PRODUCTION and CSE_DEMO:
    raise environ.ImproperlyConfigured("CSE_PRODUCTION and CSE_DEMO cannot both be set.")
DEBUG = False

SECRET_KEY = (
    env("SECRET_KEY") if PRODUCTION else env("SECRET_KEY", default=embedded.development_secret())
)
# Earlier keys, so that a change of key leaves authenticator apps and links readable.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    # Ours first, from the ground floor up, so that our commands and templates win.
    "cse.people",
    "cse.audit",
    "cse.access",
    "cse.children",
    "cse.worklist",
    "cse.documents",
    "cse.interface",
    "cse.signin",
    "cse.clocks",
    "cse.missing",
    "screening",
    "referrals",
    "cse.service",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "guardian",
    "simple_history",
    "django_structlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
]

MIDDLEWARE = [
    "cse.signin.middleware.ProxyAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cse.interface.middleware.RefusedMethodMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cse.audit.request_logs.RequestLogMiddleware",
    # Who acts, and what they looked at: written down before any body leaves the house.
    "cse.audit.middleware.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cse.signin.middleware.SessionLimitMiddleware",
    "axes.middleware.AxesMiddleware",
    # Last, so that it stands directly before the view: no declared capability, no entry.
    "cse.access.middleware.DenyByDefaultMiddleware",
]

ROOT_URLCONF = "cse.urls"
WSGI_APPLICATION = "cse.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "cse.interface.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cse.interface.context.shell",
                "cse.signin.authors.every_form",
            ],
        },
    },
]

# Two connections to one database: the application's role owns no table and cannot drop a
# guard; the owner's is used by `migrate` alone (docs/security.md).
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url_config(env("DATABASE_URL", default="") or embedded.app_database_url()),
    "owner": env.db_url_config(
        env("DATABASE_OWNER_URL", default="") or embedded.owner_database_url()
    ),
}
for _database in DATABASES.values():
    _database["ENGINE"] = "django.db.backends.postgresql"
    _database["CONN_HEALTH_CHECKS"] = True
# Joins are taken as the models' relations lead: to search for a better order takes ten times as
# long as to read a dozen of them (docs/decisions/0017).
DATABASES["default"]["OPTIONS"] = {"options": "-c join_collapse_limit=4"}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["ATOMIC_REQUESTS"] = True
DATABASES["owner"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="") or embedded.redis_url()
CELERY_BROKER_URL = env("REDIS_URL", default="") or embedded.celery_broker_url()
CACHES = {
    "default": {
        "BACKEND": "cse.signin.cache.SteadyCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cse",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # Before allauth's, which would answer for permissions on all children: it signs nobody in.
    "cse.access.backend.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ANONYMOUS_USER_NAME = None  # guardian: nobody is anonymous here
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# guardian's check asks for its own backend; ours stands in its place and asks can().
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

SIMPLE_HISTORY_REVERT_DISABLED = True

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media")))

# Security. The session lives 15 minutes idle and 8 hours at most (cse/signin).
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cse.signin.views.form_of_another_session"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Room for a form whose texts are far too long: it comes back with all of them and says which.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

EMAIL_BACKEND = env(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend"
    if PRODUCTION
    else "django.core.mail.backends.console.EmailBackend",
)
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 5  # seconds: a mail server that hangs must not hold a page
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="no-reply@cse.example.org")

# Celery only wakes things up; PostgreSQL is the truth (docs/architecture.md).
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 100
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_BEAT_SCHEDULE = {
    "seal-audit-events": {"task": "cse.audit.tasks.seal_events", "schedule": 60.0},
    "end-expired-access": {"task": "cse.access.tasks.remind_reviews", "schedule": 300.0},
    "hand-over-work": {"task": "cse.worklist.tasks.hand_over_work", "schedule": 900.0},
    "run-waiting-exports": {"task": "cse.documents.tasks.run_waiting_exports", "schedule": 60.0},
    "forget-sign-in": {
        "task": "cse.signin.tasks.forget_expired_sign_in",
        "schedule": 3600.0,
    },
    "expire-exports": {"task": "cse.documents.tasks.expire_exports", "schedule": 300.0},
    "ask-for-return-interviews-again": {
        "task": "cse.missing.tasks.ask_again",
        "schedule": 300.0,
    },
    "tell-senders-of-unread-referrals": {
        "task": "referrals.tasks.tell_senders",
        "schedule": 300.0,
    },
    "send-reminders": {"task": "cse.clocks.tasks.run_due", "schedule": 60.0},
}

# Ours.
SERVICE_NAME = env("SERVICE_NAME", default="Child exploitation screening")
MARKING = env("MARKING", default="OFFICIAL-SENSITIVE")
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not CSE_DEMO)
IDLE_SECONDS = 15 * 60
IDLE_WARNING_SECONDS = 2 * 60
SESSION_MAX_SECONDS = 8 * 60 * 60
BREAK_GLASS_MINUTES = 60
SEAL_REVIEW_DAYS = 90
GRANT_MAX_DAYS = 366
# What lower rooms borrow from rooms above them, which they must not import (cse/access/wiring).
ACCESS_WIRING = {
    "calendar": "cse.clocks.queries.calendar_in",
    "dues": "cse.clocks.waiting.dues_of",
    "child_frame": "cse.children.pages.frame",
    "open_work": "cse.worklist.actions.open_item",
    "close_work": "cse.worklist.actions.close_items",
    "work_waits": "cse.worklist.queries.work_waits",
    "waiting_panel": "cse.worklist.waiting_panel.waiting_panel",
    "hand_over_work": "cse.worklist.handing.hand_over",
    "reauthenticated": "cse.signin.reauth.reauthenticated",
}
# Signed checkpoints of the audit chain go outside the database (cse/audit/sealing.py).
AUDIT_CHECKPOINT_DIR = Path(
    env("AUDIT_CHECKPOINT_DIR", default=str(embedded.var_dir() / "checkpoints"))
)
AUDIT_SIGNING_KEY = env("AUDIT_SIGNING_KEY", default="")
if PRODUCTION and not AUDIT_SIGNING_KEY:
    raise environ.ImproperlyConfigured("Set AUDIT_SIGNING_KEY (base64 of 32 random bytes).")
if not AUDIT_SIGNING_KEY:  # evaluation and development: follows from this folder's own secret
    AUDIT_SIGNING_KEY = base64.b64encode(
        hashlib.sha256(f"checkpoints {SECRET_KEY}".encode()).digest()
    ).decode()
# Public keys that signed checkpoints before the key was changed, base64.
AUDIT_FORMER_PUBLIC_KEYS = env.list("AUDIT_FORMER_PUBLIC_KEYS", default=[])

configure_structlog()

from cse.signin.settings import *  # noqa: E402, F403  sign-in's own settings live with it
from cse.signin.settings import OIDC_ORIGINS  # noqa: E402

# A form that leads to the organisation's own sign-in goes there; nothing else leaves.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += OIDC_ORIGINS
