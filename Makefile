# The commands of this house. `make run` and `make test` need nothing beforehand but make and python3.11 or later.

ifndef PYTHON
PYTHON := $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
endif
PORT ?= 8000
DEMO ?= 1
ARGS ?=
HTML = $(wildcard templates */templates)

export PORT DEMO

.PHONY: help setup run test test-deep check bench urn clean

help:
	@echo "make run         start the town's server with its demo region on port $(PORT)"
	@echo "make test        every test; ARGS='-k recall' and the like are passed to pytest"
	@echo "make test-deep   the long searches as well"
	@echo "make check       style, types, floors, migrations, deployment"
	@echo "make bench       the benchmarks; ARGS=counting runs one"
	@echo "make urn         the program of the secret ballot, built anew from its pinned packages (needs npm)"
	@echo "make setup       the virtual environment alone"

# Installed once, and again when the requirements change: .venv keeps a copy of the list it was made from.
# Every package is checked against its hash; what the list does not name is not installed.
# $(call install,list) or $(call install,list,environment).
define install
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with its venv module is missing: apt-get install python3 python3-venv."; exit 1; }
	@$(or $(2),.venv)/bin/python -c 'import pip' 2>/dev/null || { echo "Making $(or $(2),.venv) with $(PYTHON) ..."; $(PYTHON) -m venv --clear $(or $(2),.venv); }
	@cmp -s $(1) $(or $(2),.venv)/$(1) || { echo "Installing $(1) ..."; \
		$(or $(2),.venv)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1) \
		&& cp $(1) $(or $(2),.venv)/$(1); }
endef

setup:
	$(call install,requirements-dev.txt)
	@cmp -s requirements.txt .venv/requirements.txt || cp requirements.txt .venv/requirements.txt

# To run the server is not to develop it: the shorter list is enough.
.PHONY: runtime
runtime:
	$(call install,requirements.txt)

run: runtime
	@exec .venv/bin/python manage.py up

test: setup
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not deep" $(ARGS)

test-deep: setup
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djangofmt --check $(HTML)
	.venv/bin/djangofmt check $(HTML)
	.venv/bin/mypy
	PYTHONPATH=. .venv/bin/lint-imports
	@.venv/bin/python -m tests.plumbing.check

BENCHMARKS = $(basename $(notdir $(filter-out %/__init__.py %/__main__.py,$(wildcard benchmarks/*.py))))

# The other libraries that the counters are measured beside stand in an environment of their own.
bench:
	$(call install,requirements-bench.txt,.venv-bench)
	@for one in $(or $(ARGS),$(BENCHMARKS)); do echo "== $$one"; .venv-bench/bin/python -m benchmarks.$$one || exit 1; done

urn:
	@python3 scripts/urn/build.py

clean:
	@test ! -d var || .venv/bin/python -m confederation.embedded stop
	rm -rf .venv .venv-bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
