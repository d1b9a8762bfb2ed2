"""Settings of the bare project: a database, a pool, and nothing else."""

import os

import environ

DATABASES = {
    "default": {
        **environ.Env.db_url_config(os.environ["DATABASE_URL"]),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}},
    }
}
SECRET_KEY = "nothing is signed here"
ROOT_URLCONF = "benchmarks.bare.urls"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
USE_TZ = True
