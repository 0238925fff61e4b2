# The production image. Three stages: style sheets, Python packages, and what runs, without build tools.

FROM node:22-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts && npm run --silent vendor

FROM python:3.11-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.txt

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=investpro.settings.production \
    MEDIA_ROOT=/data/media
RUN groupadd --system --gid 10001 investpro \
    && useradd --system --uid 10001 --gid investpro --home-dir /app --no-create-home investpro \
    && install -d -o investpro -g investpro /data/media
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
COPY --from=frontend /build/static/vendor static/vendor
# Values for the build only: nothing is connected to, and nothing of them stays in the image.
RUN export SECRET_KEY=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build ALLOWED_HOSTS=build \
    && python manage.py messages --compile \
    && python manage.py collectstatic --noinput --verbosity 0
USER investpro
VOLUME /data/media
EXPOSE 8000
CMD ["gunicorn", "investpro.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--timeout", "120", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", \
     "--access-logfile", "-"]
