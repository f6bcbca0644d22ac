# Two commands: `make song` makes the example song on a fresh machine, `make test` proves the house.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SONG := songs/leave-the-gate-unlatched

.PHONY: song test lint gallery lock clean

song: $(VENV)/base
	@sh tools/install-soundfont
	$(BIN)/songwright make examples/leave-the-gate-unlatched.txt \
		--genre country --persona rusty-hale --seed 7 --out $(SONG) --force

# Two processes; tests of one file stay together, for they share what they made.
test: export OMP_NUM_THREADS = 1
test: export OPENBLAS_NUM_THREADS = 1
test: $(VENV)/dev lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# A minute in every genre with pictures: songs/gallery/index.html; GENRES="jazz bossa" makes only these.
gallery: $(VENV)/base
	$(BIN)/songwright bench gallery --out songs/gallery

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "songwright needs Python 3.11 or newer: make song PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "To mend it: sudo apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/base: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev: $(VENV)/base requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

# Pin anew from pyproject.toml (needs pip-tools).
lock:
	pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--extra picture -o requirements.lock pyproject.toml
	pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--extra picture --extra train --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	sed -i 's/^\(torch==[0-9.]*\)+cpu/\1/' requirements-dev.lock

clean:
	rm -rf $(VENV) build dist
