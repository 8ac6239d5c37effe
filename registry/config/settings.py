"""The settings of one installation: what the environment says, and what every installation shares."""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from registry.config import logs, timetable
from registry.config.environment import Environment
from registry.config.rules import *  # noqa: F403  every rule is a setting
from registry.config.rules import (
    PILE_LARGEST_MB,
    SESSION_IDLE_MINUTES,
    SESSION_LONGEST_HOURS,
    UPLOAD_LARGEST_MB,
)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Environment(os.environ, BASE_DIR)

# The installation
DEBUG = env.debug
PRODUCTION = env.production
DATA_DIR = env.home
SECRET_KEY = env.secret_key()
ALLOWED_HOSTS = env.allowed_hosts()
SITE_URL = env.site(ALLOWED_HOSTS)
DATABASES = {"default": env.database()}
CACHES = {"default": env.cache()}
KEYRING = env.keyring()
CIPHER_SUITE = env.suite()
ANCHOR_URL = env.outside("ANCHOR_URL", "anchor.jsonl")
LEDGER_URL = env.outside("LEDGER_URL", "ledger.jsonl")
SMS_URL = env.gateway()
HLA_REFERENCE_DIR = env.reference()
TRUSTED_PROXIES = env.proxies()
LOG_LEVEL = env.log_level()
DEFAULT_FROM_EMAIL = env.sender()
globals().update(env.email())

# The house
AUTH_USER_MODEL = "foundation.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "registry.config.urls"
WSGI_APPLICATION = "registry.config.wsgi.application"
INSTALLED_APPS = [
    "foundation",  # before Django's own, so that its commands and templates come first
    "consent",
    "registry",
    "notifications",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "tree_queries",
    "django_htmx",
    "template_partials",
    "csp",
    "django_permissions_policy",
    "django_structlog",
]
MIDDLEWARE = [
    "foundation.desk.middleware.TrustedProxies",  # first: everything after reads the client's address
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "foundation.desk.middleware.KnownVerbs",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "foundation.desk.middleware.Privacy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "foundation.desk.middleware.BodySize",  # before forgeries are looked for: that reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "foundation.desk.middleware.SessionLimits",
    "foundation.access.middleware.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "foundation.desk.middleware.Refusals",  # last: it hears what a view raises, and leaves a message
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "foundation.desk.context.desk",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "foundation.templatetags.relay",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# Languages and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.time_zone()

# Files
STATIC_URL = "static/"
STATIC_ROOT = str(BASE_DIR / "staticfiles") if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION  # the demo serves them where they lie
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    max(UPLOAD_LARGEST_MB, PILE_LARGEST_MB) * 1024 * 1024 + DATA_UPLOAD_MAX_MEMORY_SIZE
)  # bytes of a body with files, to a view that takes them
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # none on disk, in clear
FILE_UPLOAD_PERMISSIONS = 0o600

# Logging in
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "foundation.access.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "foundation.access.passwords.NotGuessedFirst"},
]
ANONYMOUS_USER_NAME = None  # guardian would make an account: a new installation has none
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "foundation.access.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "foundation.desk.forms.account.SignIn"}
ACCOUNT_RATE_LIMITS = False  # foundation.access.lockout counts, by account, address and device
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds; ASVS 7.5.1
MFA_ADAPTER = "foundation.access.adapters.SecondFactorAdapter"
MFA_FORMS = {"authenticate": "foundation.desk.forms.account.Code"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Life Relay"

# Sessions and cookies; the demo speaks plain http on the loopback address, where Secure cookies are lost
SECURE = PRODUCTION
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=SESSION_LONGEST_HOURS).total_seconds())
SESSION_IDLE = timedelta(minutes=SESSION_IDLE_MINUTES)
SESSION_LONGEST = timedelta(hours=SESSION_LONGEST_HOURS)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "relay_session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "relay_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "foundation.desk.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "relay_language"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Headers
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked on the loopback address by supervisors
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # a drawn signature is shown again before it is sent
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
CLOSED_DEVICES = (
    "accelerometer autoplay display-capture encrypted-media fullscreen geolocation gyroscope magnetometer "
    "microphone midi payment usb"
)
PERMISSIONS_POLICY: dict[str, list[str] | str] = {
    "camera": "self",  # scanning a tube or a queue code
    **{name: list[str]() for name in CLOSED_DEVICES.split()},
}

# The queue
CELERY_BROKER_URL = env.broker()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False  # the job tables and their sweep are the one engine of retries
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 1_000_000  # tasks on a connection; its age and health are asked before each (celery.py)
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_BEAT_SCHEDULE = timetable.SCHEDULE
TASK_ROOMS = timetable.ROOMS

# Logs
LOGGING = logs.configure(LOG_LEVEL, plain=not PRODUCTION)
LOGGING_CONFIG = "logging.config.dictConfig"
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # moves ask guardian's tables themselves, not a backend

env.refuse()
