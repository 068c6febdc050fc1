# Short names for what python3 -m microblog does, and the checks around it.
PYTHON ?= python3
VENV = .venv/bin

.PHONY: run test check lint types contracts catalogues bench faults lock

run:
	$(PYTHON) -m microblog run

test:
	$(PYTHON) -m microblog test

check: lint types contracts catalogues
	$(PYTHON) -m microblog test

$(VENV)/ruff: requirements-test.lock
	$(PYTHON) -m microblog test --version
	touch $@

lint: $(VENV)/ruff
	$(VENV)/ruff check
	$(VENV)/ruff format --check

types: $(VENV)/ruff
	$(VENV)/mypy

contracts: $(VENV)/ruff
	$(VENV)/lint-imports --no-cache

catalogues: $(VENV)/ruff
	$(PYTHON) -m microblog translate check

# How much this machine can do: make bench ARGS="--grid 2x4 --rounds 1"
bench:
	$(PYTHON) -m microblog bench $(ARGS)

# What breaks under load, for longer than `make test` has time for: make faults FAULTS_SECONDS=60, and FAULTS_SEED to repeat a run
FAULTS_SECONDS ?= 30
faults:
	FAULTS_SECONDS=$(FAULTS_SECONDS) $(PYTHON) -m microblog test tests/faults $(ARGS)
