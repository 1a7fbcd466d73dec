# What people type. `make` alone lists it; the work itself is in scripts/, the `tandem` command and pyproject.toml.
# Needs make and Python 3.11 to 3.13 with venv, nothing else: all the rest goes into .venv here.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Compiled modules are kept, whatever the shell says: without them every start compiles 800 files, and tests start hundreds.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

UV_VERSION := 0.13.8
CONFIG ?= config/profiles/paper.yaml
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(VENV)/.uv-$(UV_VERSION)
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
# Trust what the machine trusts, so that a company's proxy works; uv brings certificates where the machine has none.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),1,0)

say = @printf '\n\033[1m==> %s\033[0m\n' "$(1)"

# A file's tests stay in one process, since they share what is slow to make. One more process than two cores: many tests
# wait for services and sockets of their own.
WORKERS ?= 3
TOGETHER := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# ---- the environment, made once and again only when pyproject.toml or uv.lock change
# Without its Python (the system's was upgraded, say) the rest of it counts for nothing.
$(shell test -x $(BIN)/python || rm -f $(UV) $(RUNTIME) $(DEVELOPMENT))

$(BIN)/python:
	@sh scripts/make-venv.sh $(VENV)

$(UV): | $(BIN)/python
	$(call say,Installing uv $(UV_VERSION) into $(VENV))
	@$(BIN)/python -m pip install --disable-pip-version-check "uv==$(UV_VERSION)"
	@touch $@

$(RUNTIME): $(UV) pyproject.toml uv.lock
	$(call say,Installing what Tandem needs (about 60 MB to download the first time))
	@$(BIN)/uv sync --locked --inexact --no-default-groups
	@touch $@

$(DEVELOPMENT): $(UV) pyproject.toml uv.lock
	$(call say,Installing what Tandem and its tests need (about 90 MB to download the first time))
	@$(BIN)/uv sync --locked --inexact
	@touch $(RUNTIME) $@

##@ Use

.PHONY: run
run: $(RUNTIME) ## start the service on CONFIG (default: the paper profile; no key, no network)
	@exec $(BIN)/tandem run $(CONFIG) $(ARGS)

.PHONY: demo
demo: $(RUNTIME) ## play one whole trade on main and mirror in a few seconds (ARGS="--seed 7")
	@exec $(BIN)/tandem demo $(ARGS)

.PHONY: setup
setup: $(RUNTIME) ## answer a few questions and write a checked config
	@exec $(BIN)/tandem setup $(ARGS)

.PHONY: install
install: $(RUNTIME) ## make .venv with what Tandem needs
	@echo 'Ready: $(BIN)/tandem'

.PHONY: check-env
check-env: $(RUNTIME) ## show the versions in use; check the environment against the lock and CONFIG for errors
	@$(BIN)/python --version && $(BIN)/uv --version
	@$(BIN)/uv sync --locked --check --inexact --no-default-groups
	@exec $(BIN)/tandem check $(CONFIG) $(ARGS)

##@ Operate

.PHONY: run-prod
run-prod: $(RUNTIME) ## like run, and start again 5 s after a failure
	@exec $(BIN)/python scripts/service.py supervise $(BIN)/tandem run $(CONFIG) $(ARGS)

.PHONY: stop
stop: $(RUNTIME) ## ask the running service to stop, and wait until it has
	@exec $(BIN)/python scripts/service.py stop

.PHONY: kill
kill: $(RUNTIME) ## end the service at once; the venue keeps the stops, and the next start recovers
	@exec $(BIN)/python scripts/service.py kill

.PHONY: backup
backup: $(RUNTIME) ## copy the store of CONFIG into its backup folder, running or not (tandem backup)
	@exec $(BIN)/tandem backup $(CONFIG) $(ARGS)

.PHONY: restore
restore: $(RUNTIME) ## put a backup in the store's place: make restore BACKUP=file; what was there is kept
	@exec $(BIN)/tandem restore "$(BACKUP)" $(CONFIG) $(ARGS)

.PHONY: diag-status
diag-status: $(RUNTIME) ## what the service is doing (tandem status)
	@exec $(BIN)/tandem status $(ARGS)

.PHONY: diag-monitors
diag-monitors: $(RUNTIME) ## what is watched (tandem monitors)
	@exec $(BIN)/tandem monitors $(ARGS)

.PHONY: diag-positions
diag-positions: $(RUNTIME) ## the open positions (tandem positions)
	@exec $(BIN)/tandem positions $(ARGS)

##@ Develop

.PHONY: dev-install
dev-install: $(DEVELOPMENT) ## make .venv with the tests' and linters' needs too
	@echo 'Ready: make test'

# Beside mypy, which keeps one core busy, all that tests import is compiled once: in a new checkout each of pytest's
# processes would do it, half a minute each. What can't be imported pytest tells afterwards.
.PHONY: test
test: $(DEVELOPMENT) ## every check: formatting, ruff, mypy, and pytest
	@$(BIN)/pytest --collect-only -q >/dev/null 2>&1 & compiling=$$!; \
	$(MAKE) lint || { kill $$compiling; exit 1; }; \
	wait $$compiling || true
	$(call say,pytest)
	@PYTHONUNBUFFERED=1 HYPOTHESIS_PROFILE=check $(BIN)/pytest $(TOGETHER) --durations=10 $(ARGS)

.PHONY: coverage
coverage: $(DEVELOPMENT) ## the same tests, and which lines and branches no test reaches; twice the time
	@PYTHONUNBUFFERED=1 HYPOTHESIS_PROFILE=check $(BIN)/pytest $(TOGETHER) --cov --cov-report=term $(ARGS)

.PHONY: test-unit
test-unit: $(DEVELOPMENT) ## the quick tests only, for the inner loop
	@exec $(BIN)/pytest $(TOGETHER) -m unit $(ARGS)

.PHONY: test-integration
test-integration: $(DEVELOPMENT) ## the tests that put parts, processes and packages together
	@HYPOTHESIS_PROFILE=check $(BIN)/pytest $(TOGETHER) -m integration $(ARGS)

.PHONY: simulate-ci
simulate-ci: $(RUNTIME) ## 3,000 fresh storms and the crash sweep, some minutes; a failing one is saved in tests/regress
	@$(BIN)/tandem simulate --fresh 3000 --jobs 0 --shrink tests/regress $(ARGS)
	@$(BIN)/tandem simulate --crash

.PHONY: nightly
nightly: $(DEVELOPMENT) ## two hours: 200,000 fresh storms, 500 of the whole service, crashes, mishaps, mutants, mutation, coverage
	@$(BIN)/tandem simulate --fresh 200000 --jobs 0 --demand --shrink tests/regress $(ARGS)
	@$(BIN)/tandem simulate --fresh 500 --ring b --jobs 0
	@$(BIN)/tandem simulate --crash --double 500
	@$(BIN)/tandem simulate --mishaps
	@$(BIN)/python scripts/mutants.py --seeds 0:20000 --percent 100
	@$(BIN)/python scripts/mutation.py --sample 500
	@$(MAKE) coverage ARGS=

.PHONY: mutants
mutants: $(RUNTIME) ## every deliberate defect against 1,000 storms and the crash sweep; prints what survives
	@$(BIN)/python scripts/mutants.py $(ARGS)

.PHONY: mutation
mutation: $(DEVELOPMENT) ## every small change to core/ that no test notices, hours (ARGS="'core.sizing*'" for a part)
	@$(BIN)/python scripts/mutation.py $(ARGS)

.PHONY: kill-loop
kill-loop: $(DEVELOPMENT) ## kill -9 the service mid-trade again and again, and count (ARGS="--kills 200 --store postgres")
	@exec $(BIN)/python -m bench.kill_loop $(ARGS)

.PHONY: soak
soak: $(DEVELOPMENT) ## a day of the venue's time on three accounts with faults every ten minutes
	@exec $(BIN)/python -m bench.soak $(ARGS)

.PHONY: flood
flood: $(DEVELOPMENT) ## 5,000 alerts in ten seconds against Telegram's limits, two minutes; what trading notices of it
	@exec $(BIN)/python -m bench.flood $(ARGS)

.PHONY: lint
lint: $(DEVELOPMENT) ## formatting, ruff and mypy, changing nothing
	$(call say,ruff format --check)
	@$(BIN)/ruff format --check
	$(call say,ruff check)
	@$(BIN)/ruff check
	$(call say,mypy --strict)
	@$(BIN)/mypy

.PHONY: format
format: $(DEVELOPMENT) ## format the code, and fix what ruff can fix
	@$(BIN)/ruff check --fix-only --exit-zero
	@$(BIN)/ruff format

##@ Clean

.PHONY: clean
clean: ## remove caches and build results; .venv and var/ stay
	@rm -rf build dist htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis mutants
	@find core ports plugins config tests scripts docs -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	@rm -rf __pycache__

.PHONY: clean-monitors
clean-monitors: $(RUNTIME) ## show what is watched: monitors follow from open trades, so none is ever left over
	@echo 'Nothing to remove: monitors are derived from the open trades and cannot outlive them. Watched now:'
	@exec $(BIN)/tandem monitors $(ARGS)

.PHONY: clean-stuck
clean-stuck: $(RUNTIME) ## remove the pid and socket files that a dead service left in var/
	@exec $(BIN)/python scripts/service.py clean-stuck

.PHONY: help
help: ## this list
	@awk 'BEGIN { FS = ":.*## "; print "Usage: make TARGET [CONFIG=file.yaml] [ARGS=\"options\"]" } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-18s%s\n", $$1, $$2 }' Makefile
