"""Settings, read from the environment; importing them starts nothing and writes nothing.

Without `DATABASE_URL` and `REDIS_URL` the addresses are those of the embedded services under `var/`
(see `confederation/embedded.py`); with them, those of a town's own server.
"""

from pathlib import Path

import django.conf.locale
import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from confederation import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)

# Signing key: from the environment, or the one that `manage.py up` made once under var/.
SECRET_KEY = env("SECRET_KEY", default="") or embedded.secret_key(VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ADDRESS = env("SITE_ADDRESS", default=f"http://localhost:{env('PORT', default='8000')}")
HTTPS = SITE_ADDRESS.startswith("https://")

INSTALLED_APPS = [
    "confederation",
    "confederation.api",
    "confederation.search",
    "commons",
    "councils",
    "mandates",
    "assemblies",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "django_htmx",
    "lucide",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "confederation.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "confederation.middleware.CitizenTimeZoneMiddleware",
    "confederation.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "confederation.urls"
WSGI_APPLICATION = "confederation.wsgi.application"

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
                "confederation.context.site",
                "assemblies.record.context.checkpoint",
            ],
        },
    },
]

# ---- data ----

# The application's role can neither alter a table nor move the clock; the owner's is for migrations and the demo.
DATABASE_ROLE = env("DATABASE_ROLE", default="app")
DATABASE_URLS = {
    "app": env("DATABASE_URL", default="") or embedded.database_url(VAR_DIR, "app"),
    "owner": env("OWNER_DATABASE_URL", default="") or embedded.database_url(VAR_DIR, "owner"),
}
if env("DATABASE_URL", default="") and not env("OWNER_DATABASE_URL", default=""):
    DATABASE_URLS["owner"] = DATABASE_URLS["app"]
APP_ROLE = environ.Env.db_url_config(DATABASE_URLS["app"])["USER"]
URN_ROLE = embedded.URN_ROLE  # without a sign-in: the urn's own functions run in it
DATABASE = environ.Env.db_url_config(DATABASE_URLS[DATABASE_ROLE])
DATABASES = {
    "default": {
        **DATABASE,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # A pooled connection outlives a restart of the database only in appearance.
        "OPTIONS": {
            **DATABASE.get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 10},
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env("REDIS_URL", default="") or embedded.redis_url(VAR_DIR)
CACHES = {
    "default": {
        "BACKEND": "confederation.cache.RedisCache",
        "LOCATION": embedded.redis_database(REDIS_URL, 1),
        "KEY_PREFIX": env("CACHE_PREFIX", default="confederation"),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # Redis may lose everything and nobody is signed out.
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

# ---- workers ----

CELERY_BROKER_URL = embedded.celery_url(REDIS_URL)

# ---- people ----

AUTH_USER_MODEL = "assemblies.Citizen"
AUTHENTICATION_BACKENDS = [
    "confederation.accounts.OfSession",
    "confederation.accounts.ByEmail",
]
PASSWORD_HASHERS = [
    "confederation.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "assemblies.forms.SignupForm"
ACCOUNT_ADAPTER = "confederation.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
# A hall behind one address is many people: limits are by account first, by address generously.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "signup": "200/m/ip",
    "reset_password": "60/m/ip,5/m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# ---- the record ----

# Signing keys as `PRIVATE+KEY+name+id+base64`; without them each is made once under var/.
RECORD_KEY = env("RECORD_KEY", default="")
WITNESS_KEY = env("WITNESS_KEY", default="")
# The last published checkpoints, outside the database: a folder that web and workers share, and no restore touches.
PUBLISHED_DIR = Path(env("PUBLISHED_DIR", default=str(VAR_DIR / "published")))

# The key that signs the papers of a secret vote, a file each, until the urn opens: web and workers share the folder,
# and no backup holds it.
ISSUER_DIR = Path(env("ISSUER_DIR", default=str(VAR_DIR / "issuers")))

# ---- letters ----

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://") if env("EMAIL_URL", default="") else {}
if EMAIL_CONFIG:
    vars().update(EMAIL_CONFIG)
else:
    EMAIL_BACKEND = "confederation.outbox.OutboxBackend"
EMAIL_TIMEOUT = 20  # A mail server that does not answer holds up a worker no longer than this.
OUTBOX_DIR = VAR_DIR / "outbox"
DEFAULT_FROM_EMAIL = env("FROM_EMAIL", default="assembly@localhost")

# ---- words and time ----

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
django.conf.locale.LANG_INFO.setdefault(
    "ku",
    {"bidi": False, "code": "ku", "name": "Kurdish (Kurmanji)", "name_local": "Kurdî (Kurmancî)"},
)
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["confederation.formats"]
TIME_ZONE = env("TIME_ZONE", default="Europe/Madrid")

# ---- files ----

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ---- the browser's guard ----

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- logs: ids only, never what a person wrote or chose ----

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}

# ---- the API ----

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "confederation.api.problems.handler",
    "DEFAULT_SCHEMA_CLASS": "confederation.api.schema.Schema",
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "DURATION_FORMAT": "iso-8601",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# In a minute: asked from one address, by one person, and acts of one person.
API_RATES = {"address": 6000, "person": 600, "acts": 120}
SPECTACULAR_SETTINGS = {
    "TITLE": "The API of a confederation of assemblies",
    "DESCRIPTION": "What is public can be read by anybody. Acts are those of the pages, by whoever is signed in or by"
    " a token of their own, and are refused in the same words. Nothing is changed or deleted: one acts.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
}
