# Two commands matter: `make demo` and `make test`. Both set everything up first; `make help` lists the rest.
# PYTHON=/path/to/python3.12 chooses the Python of .venv, ARGS="..." goes to pytest or the demo.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-zoneminder lint types lock wheel deb clean

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# Tests wait for pictures more than they compute, so four run at a time; a file's tests stay together for its fixtures.
TOGETHER := --numprocesses 4 --dist loadfile --no-loadscope-reorder
export PYTHON

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: ## install missing system packages and make .venv; quick when all is there
	@packaging/system-packages.sh setup runtime demo
	@packaging/make-venv.sh $(VENV)

demo: setup ## start the embedded center and open a wall of moving cameras
	@$(BIN)/wallclient demo --wall $(ARGS)

test: setup ## run the whole suite
	@packaging/system-packages.sh test
	@$(BIN)/pytest $(TOGETHER) $(ARGS)

test-zoneminder: setup ## the adapter against a real ZoneMinder, which is installed if need be (root, 0.9 GB)
	@tests/integration/zoneminder/install.sh
	@WALLCLIENT_TEST_ZONEMINDER=1 unshare --net $(BIN)/python tests/integration/zoneminder/alone.py \
		$(BIN)/pytest tests/integration/zoneminder $(ARGS)

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup ## mypy --strict
	@$(BIN)/mypy

lock: setup ## pin the newest allowed versions with hashes, for Python 3.11 to 3.13
	@packaging/lock.sh --upgrade

wheel: setup ## build dist/wallclient-*.whl
	@$(BIN)/hatchling build -t wheel

deb: wheel ## build dist/wallclient_*.deb
	@$(BIN)/python packaging/debian/build.py

clean: ## remove what was built, not .venv
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find wallclient tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +
