"""The settings of the tests: those of the product, on services of their own, signed in as the owner to make tables."""

import os

from tests.plumbing import slot

os.environ["VAR_DIR"] = str(slot.var_dir())
os.environ.setdefault("DATABASE_ROLE", "owner")
os.environ.setdefault("SECRET_KEY", "for tests alone, and long enough that the deployment check has nothing to say")
os.environ["DEMO"] = "0"

from confederation import embedded
from confederation.settings import *  # noqa: F403
from confederation.settings import CACHES, DATABASES, REDIS_URL, STATIC_ROOT, STORAGES

# Each worker has two databases of the one Redis: the queue's and the cache's.
CACHES["default"]["LOCATION"] = embedded.redis_database(REDIS_URL, 2 * slot.worker_number() + 1)
CELERY_BROKER_URL = embedded.celery_url(embedded.redis_database(REDIS_URL, 2 * slot.worker_number()))

# A pool would outlive the tests' threads; the product's own is exercised where a real server is started.
DATABASES["default"]["OPTIONS"].pop("pool", None)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
