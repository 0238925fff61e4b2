# Everything starts here. `make help` lists what there is.
# Needs Python 3.11 or later; PYTHON=python3.12 names another. uv and npm are used where they are found.

PYTHON ?= python3
JOBS ?= 2
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
NPM := $(shell command -v npm 2>/dev/null)
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
MESSAGES := $(if $(CATALOGUES),var/.messages)
VENDOR := static/vendor/.ready

.DEFAULT_GOAL := help
# Every start of Python would compile the libraries again: six seconds instead of one.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test browser check lint types imports migrations translations fmt bench messages \
	screenshots lock clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(BIN)/.base $(VENDOR) ## start everything for a look: database, broker, web, worker, demo
	@exec $(BIN)/python -m investpro.embedded run

test: setup ## all tests, against the embedded servers or DATABASE_URL and REDIS_URL
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

browser: setup ## the browser tests alone
	@$(BIN)/python -m pytest tests/browser

check: lint types imports migrations translations ## all checks without tests

lint: $(BIN)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(BIN)/.dev
	@$(BIN)/mypy .

imports: $(BIN)/.dev
	@$(BIN)/lint-imports

migrations: $(BIN)/.dev
	@DJANGO_SETTINGS_MODULE=investpro.settings.test $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

translations: $(BIN)/.dev
	@$(BIN)/python manage.py messages --check

fmt: $(BIN)/.dev ## format the code, mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: setup ## measure (ratios against a floor of the same run)
	@$(BIN)/python -m benchmarks

messages: $(BIN)/.dev ## collect the texts to translate, and compile
	@$(BIN)/python manage.py messages
	@$(BIN)/python manage.py messages --compile

screenshots: setup ## pictures of the pages, with Chromium
	@$(BIN)/python -m tests.browser.screenshots

lock: ## resolve requirements/*.in and package.json again (needs uv and npm)
	@test -n "$(UV)" || { echo "make lock needs uv: python3 -m pip install uv"; exit 1; }
	@cd requirements && for name in base embedded node dev; do \
		uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
			--python-version 3.11 --custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; done
	@npm install --package-lock-only --no-audit

clean: ## remove what was made, but not var/ (the database lives there)
	@rm -rf node_modules static/vendor staticfiles var/node var/.messages .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

setup: $(BIN)/.dev $(VENDOR) $(MESSAGES) ## the environment and the front-end files, without starting anything

# ---- made once, and again when a lock changed ----

# $(call venv,FOLDER): a virtual environment, or one line that says what is missing.
define venv
test -x $(1)/bin/python || { \
	command -v $(PYTHON) >/dev/null || { echo "InvestPro needs Python 3.11 or later; there is no $(PYTHON). Name yours: make PYTHON=/path/to/python3"; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "InvestPro needs Python 3.11 or later; $(PYTHON) is older. Name another: make PYTHON=python3.12"; exit 1; }; \
	if [ -n "$(UV)" ]; then uv venv --quiet --python "$$(command -v $(PYTHON))" $(1); else \
		$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }; \
		$(PYTHON) -m venv $(1); fi; }
endef

# $(call install,FOLDER,FILES): exactly the locked packages.
define install
if [ -n "$(UV)" ]; then uv pip install --quiet --python $(1)/bin/python --require-hashes $(2); \
else $(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes $(2); fi
endef

$(BIN)/.base: requirements/base.txt requirements/embedded.txt
	@$(call venv,.venv)
	@echo "Installing Python packages (a minute at the first time) ..."
	@$(call install,.venv,-r requirements/base.txt -r requirements/embedded.txt)
	@touch $@

$(BIN)/.dev: requirements/dev.txt $(BIN)/.base
	@echo "Installing development packages ..."
	@$(call install,.venv,-r requirements/dev.txt)
	@touch $@

var/node/.ready: requirements/node.txt
	@echo "No npm here: taking Node from a Python package, once (200 MB) ..."
	@mkdir -p var
	@$(call venv,var/node)
	@$(call install,var/node,-r requirements/node.txt)
	@touch $@

$(VENDOR): package.json package-lock.json .npmrc $(if $(NPM),,var/node/.ready)
	@echo "Fetching the front-end files ..."
	@PATH="$(CURDIR)/var/node/bin:$$PATH" npm ci --ignore-scripts --silent
	@PATH="$(CURDIR)/var/node/bin:$$PATH" npm run --silent vendor
	@touch $@

var/.messages: $(BIN)/.base $(CATALOGUES)
	@$(BIN)/python manage.py messages --compile
	@mkdir -p var && touch $@
