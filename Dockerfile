# One image for web, worker, beat and the database's preparation; docker-compose.yml runs it.

FROM python:3.12-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/image.txt /build/image.txt
# The driver is built against the system's libpq, so that its security updates reach us.
RUN python -m venv /srv/venv \
    && /srv/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r /build/image.txt

FROM python:3.12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpq5 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
        fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /srv/cse cse \
    && mkdir -p /srv/cse/var && chown cse /srv/cse/var
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CSE_PRODUCTION=1 \
    STATIC_ROOT=/srv/static
WORKDIR /srv/cse
COPY --from=build /srv/venv /srv/venv
# All that .dockerignore lets through: the product, without its tests.
COPY . ./
# Collecting reads the settings, which refuse to start without these; none stays in the image.
RUN SECRET_KEY=only-for-collecting-files ALLOWED_HOSTS=localhost \
    AUDIT_SIGNING_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://nobody@localhost/none DATABASE_OWNER_URL=postgres://nobody@localhost/none \
    REDIS_URL=redis://localhost/0 \
    python manage.py collectstatic --no-input --verbosity 0
USER 10001
EXPOSE 8000
CMD ["gunicorn", "-c", "python:cse.gunicorn", "cse.wsgi"]
