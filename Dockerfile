# The gateway in three steps: the pages are built with Node, the packages with pip, and what runs has neither.
# Any base that has Node 20 with npm, or Python 3.11 with venv, will do in the place of these two.
ARG NODE_IMAGE=node
ARG PYTHON_IMAGE=python

# Dependabot reads what stands behind FROM, and no ARG.
FROM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS node
FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS python


FROM ${NODE_IMAGE} AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-progress
COPY web ./
# The finder's types are made of the schema.
COPY schema/schema.graphql /src/schema/schema.graphql
RUN npm run build -- --logLevel warn


FROM ${PYTHON_IMAGE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python3 -m venv /tools && python3 -m venv --without-pip /opt/event-gateway

# The lock speaks for everything that is fetched; what follows installs from this folder and asks no index.
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    /tools/bin/pip download --quiet --only-binary :all: --require-hashes -r requirements.lock --dest /wheels \
    && /tools/bin/pip install --quiet --no-index --find-links /wheels hatchling

COPY pyproject.toml README.md LICENSE ./
COPY providers providers
COPY gateway gateway
COPY schema schema
COPY server server
COPY --from=pages /src/server/static server/static
# The wheel's files bear this date, so that the same source makes the same wheel.
ARG SOURCE_DATE_EPOCH=1767225600
# The build tools are in the lock too; installing the wheel alone takes what it needs and leaves them.
# The root is read-only where it runs, so bytecode is made here, and is taken without a look at the source.
RUN /tools/bin/pip wheel --quiet --no-index --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /tools/bin/pip --python /opt/event-gateway/bin/python install --quiet --no-index --find-links /wheels \
        --no-compile event-gateway \
    && find /opt/event-gateway -type d -name tests -prune -exec rm -r {} + \
    && python3 -m compileall -q --invalidation-mode unchecked-hash /opt/event-gateway/lib


FROM ${PYTHON_IMAGE}
# The base's own pip, and the copy of it that makes virtual environments.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/pip* /usr/l*/python3*/ensurepip \
    /usr/local/lib/python3*/ensurepip /usr/share/python-wheels
COPY --from=packages /opt/event-gateway /opt/event-gateway
ENV PATH=/opt/event-gateway/bin:$PATH \
    HOME=/tmp \
    HOST=0.0.0.0 \
    PORT=8000 \
    METRICS_PORT=9090 \
    GATEWAY_DATA_DIR=/tmp/event-gateway
# The official image has no bytecode of the standard library; importing once keeps what we use of it.
RUN python3 -c 'import server.app, server.cli, server.serving, uvloop, uvicorn.protocols.http.httptools_impl'
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
EXPOSE 8000 9090
STOPSIGNAL SIGTERM
# Long enough for a gateway that is busy; Kubernetes asks the same address by itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python3", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["event-gateway"]
CMD ["serve"]

# Last, since they differ in every build.
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ENV GATEWAY_REVISION=${REVISION}
LABEL org.opencontainers.image.title="event-gateway" \
      org.opencontainers.image.description="One GraphQL endpoint over many live-event providers" \
      org.opencontainers.image.source="https://github.com/event-gateway/event-gateway" \
      org.opencontainers.image.documentation="https://github.com/event-gateway/event-gateway#readme" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
