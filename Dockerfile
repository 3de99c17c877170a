# docker run --rm --read-only --tmpfs /tmp -v "$PWD/reports:/suite/reports" -v "$PWD/sites.toml:/suite/sites.toml:ro" \
#     IMAGE features --site staging
# The digest of the index (docker buildx imagetools inspect python:3.11-slim-bookworm tells the latest); twice the same.
FROM python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3 AS build
WORKDIR /suite
COPY requirements.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -e . \
    && mkdir -p reports

FROM python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3
# Nothing is written but reports and /tmp: the root file system may be read-only.
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin suite
COPY --from=build /venv /venv
COPY --from=build /suite /suite
RUN chown 10001 /suite/reports
WORKDIR /suite
USER 10001
VOLUME ["/suite/reports", "/tmp"]
ENTRYPOINT ["pytest", "-p", "no:cacheprovider"]
CMD ["features"]
