# make run    start the gateway at http://127.0.0.1:8000 (HOST, PORT, GATEWAY_* are honoured)
# make demo   start it over made-up providers on this machine: one concert at several sellers
# make test   install what the tests need, and run them; those of the delivery are part of `make validate`
# make image-test    build the image and run it, as root, with podman, buildah and mmdebstrap
# make check  lint, types, import rules
# make validate  image, manifests, rules, scripts, workflows: all that can be told without a cluster
# make defects   mistakes planted in the manifests, and who tells of them
# make one-list  the demo's merged list beside what its sellers list, and how often they are asked
# make properties  look for what breaks a list or an event: 2,000 examples of every property
# make identity  measure how often one event is taken for one, and write docs/identity.md
.DEFAULT_GOAL := help
.PHONY: help run demo test image-test check validate defects one-list identity identity-calibration properties screenshots format lock clean

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The finder's types are made of the schema.
WEB_SOURCES := schema/schema.graphql $(shell find web -path web/node_modules -prune -o -type f -print)

help:
	@sed -n 's/^# //p' Makefile

run: .venv/.run server/static/.built
	@$(BIN)/event-gateway serve

demo: .venv/.run server/static/.built
	@$(BIN)/event-gateway demo

test: .venv/.dev server/static/.built
	$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/deploy

image-test: .venv/.dev
	$(BIN)/python -m pytest -m image tests/deploy/test_image.py

check: .venv/.dev server/static/.built
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@if command -v npm >/dev/null; then npm --prefix web run --silent check; else echo "web/ is not checked: there is no npm"; fi

validate: .venv/.dev
	@scripts/validate.sh

defects: .venv/.dev
	@PYTHONPATH=. $(BIN)/python tests/deploy/defects.py

one-list: .venv/.dev
	@$(BIN)/python -m benchmarks.one_list

identity: .venv/.dev
	@$(BIN)/python -m benchmarks.identity --write docs/identity.md

# What to put into gateway/identity/confidence.py after the score has changed.
identity-calibration: .venv/.dev
	@$(BIN)/python -m benchmarks.identity.calibration

# A quarter of an hour on two cores, and then how many examples each has had.
properties: .venv/.dev
	PROPERTY_EXAMPLES=2000 $(BIN)/python -m pytest -n auto --dist worksteal --hypothesis-show-statistics \
		tests/gateway/invariants tests/gateway/identity/test_properties.py

# The README's pictures of the finder; needs a Chromium.
screenshots: .venv/.dev server/static/.built
	@$(BIN)/python scripts/screenshots.py

format: .venv/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Versions and hashes of everything that is installed; run it to take newer versions.
lock: .venv/.dev
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --upgrade \
		--custom-compile-command "make lock" pyproject.toml --group build -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --upgrade \
		--custom-compile-command "make lock" pyproject.toml --group build --group test --group check --group deploy -o requirements-dev.lock

clean:
	rm -rf .venv server/static web/node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	@echo "Making a virtual environment in .venv ..."
	@$(PYTHON) -m venv .venv

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing the gateway (a minute, the first time) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "Installing what the tests need ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

server/static/.built: $(WEB_SOURCES)
	@if command -v npm >/dev/null; then \
		echo "Building the pages (half a minute, the first time) ..."; \
		npm --prefix web ci --silent --no-progress && npm --prefix web run --silent build -- --logLevel warn && touch $@; \
	else \
		echo "There is no Node, so no pages are built: install Node 20 or newer. The API works without."; \
	fi
