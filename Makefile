# Everything runs in a `.venv` that is made, and made again when needed, by itself.
# Needed on the machine: Python 3.11 or newer with venv, make, bash.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Settable, for example: make test WORKERS=0 ARGS='-k rollback'
PYTHON  ?=
WORKERS ?= 2
ARGS    ?=
ALSO    ?= 3.11 3.12 3.13
PROOF   ?= docs/proof

# What the Linux lab runs on the machine itself.
LINUX_PACKAGES := e2fsprogs iproute2 mmdebstrap openssh-client procps squashfs-tools util-linux

VENV := .venv
BIN  := $(VENV)/bin
CODE  = $(wildcard nornir_haupgrade tests tasks examples benchmarks)

# Where `make faults` and `make prove` keep how each fault scenario ended.
faults prove-python: export FAULT_ENDINGS := $(PROOF)/faults.json

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_REQUIRE_VIRTUALENV := 1

# find_python 3.12 prints a Python of that version which really runs and can make a venv. A name on the PATH
# alone proves nothing: version managers leave shims there for versions that are not switched on.
define FUNCTIONS
can_make_venv() { "$$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
find_python() {
  local name
  for name in "python$$1" "$${PYENV_ROOT:-$${HOME:-}/.pyenv}/versions/$$1".*/bin/python"$$1"; do
    if can_make_venv "$$name"; then echo "$$name"; return; fi
  done
  return 1
}
find_any_python() {
  if [ -n "$(PYTHON)" ]; then
    if can_make_venv "$(PYTHON)"; then echo "$(PYTHON)"; return; fi
    echo "PYTHON=$(PYTHON) is not Python 3.11 or newer with the modules venv and ensurepip." >&2
    return 1
  fi
  local version
  for version in 3.11 3.12 3.13 3; do find_python "$$version" && return; done
  echo "No Python 3.11 or newer with the modules venv and ensurepip was found." >&2
  echo "Install one (Debian, Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3.11" >&2
  return 1
}
# The pip that comes with Python 3.11 knows no dependency groups: a newer one comes first.
make_venv() {
  local python="$$1" venv="$$2"
  # What is there is brought up to date, not thrown away: the pins make both ways end alike, and this one is quick.
  if [ -n "$(PYTHON)" ] || ! can_make_venv "$$venv/bin/python"; then
    rm -rf "$$venv"
    "$$python" -m venv "$$venv"
  fi
  echo "$$venv: installing the packages ($$("$$venv/bin/python" -V))"
  "$$venv/bin/python" -m pip install -qq --upgrade --constraint constraints.txt pip
  "$$venv/bin/python" -m pip install -qq --constraint constraints.txt \
    --build-constraint constraints.txt --editable '.[lab,linux]' --group dev
  touch "$$venv/.stamp"
}
install_debian() {
  local package lacking=()
  for package in "$$@"; do
    case "$$(dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null)" in
      "install ok installed") ;;
      *) lacking+=("$$package") ;;
    esac
  done
  if [ $${#lacking[@]} -eq 0 ]; then return; fi
  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The Linux lab needs Debian, root and these packages: $${lacking[*]}" >&2
    return 1
  fi
  echo "Installing $${lacking[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$${lacking[@]}" >/dev/null
}
minor() { "$$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }
# What is kept must read the same on every machine: no path of this one.
without_paths() {
  local base; base="$$("$$1" -c 'import sys; print(sys.base_prefix)')"
  sed -u -e "s#$(CURDIR)#.#g" -e "s#$$base#<python>#g" -e "s#$${TMPDIR:-/tmp}/pytest-of-[^/ ]*#<tmp>#g" \
    -e "s#/tmp/#<tmp>/#g" -e "s#$${HOME:-<home>}/#~/#g"
}
revision() {
  local id; id="$$(git rev-parse HEAD 2>/dev/null)" || { echo "unknown"; return; }
  if [ -n "$$(git status --porcelain -- . ':!$(PROOF)' 2>/dev/null)" ]; then id="$$id, with uncommitted changes"; fi
  echo "$$id"
}
prove_on() {
  local python="$$1" found="$$2" marks="$$3" workers="$$4" name="$$5"
  mkdir -p $(PROOF)
  {
    echo "date:      $$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    echo "python:    $$("$$python" -c 'import platform; print(platform.python_version(), platform.system(), platform.machine())')"
    echo "found:     $$found"
    echo "revision:  $$(revision)"
    echo
    # -rP prints what passed tests had to say: the figures of a proof are part of it.
    if "$$python" -m pytest -n "$$workers" --dist worksteal -m "$$marks" -rP --show-capture=stdout $(ARGS) 2>&1
    then printf '\nresult:    passed\n'
    else printf '\nresult:    FAILED\n'; false
    fi
  } | without_paths "$$python" | tee "$(PROOF)/$$name.txt"
}
endef
export FUNCTIONS
LOAD := eval "$$FUNCTIONS";

.PHONY: help
help: ## Show this list
	@sed -n -E 's/^([a-z][a-z-]*):.*## (.*)/  make \1|\2/p' Makefile \
	  | while IFS='|' read -r target text; do printf '%-18s %s\n' "$$target" "$$text"; done

.PHONY: demo
demo: $(VENV)/.stamp ## Upgrade simulated pairs over real SSH and leave the evidence in a folder
	@$(BIN)/python examples/demo.py

.PHONY: demo-linux
demo-linux: $(VENV)/.stamp ## Upgrade a real pair, Debian 12 to 13, with 200 live connections through it
	@$(BIN)/python examples/demo_linux.py

.PHONY: bench
bench: $(VENV)/.stamp ## Print what simulated twins and a rehearsal cost on this machine
	@$(BIN)/python benchmarks/lab.py $(ARGS)

.PHONY: test
test: $(VENV)/.stamp ## Run the tests, and require full branch coverage where decisions are made
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report= $(ARGS)
	@echo "Branch coverage of procedure/ and gates/ (100 % is required):"
	@$(BIN)/python -m coverage report --include='*/procedure/*,*/gates/*' --fail-under=100

.PHONY: setup-linux
setup-linux: $(VENV)/.stamp ## Install what the Linux lab needs (Debian, root) and build its images
	@$(LOAD) install_debian $(LINUX_PACKAGES)
	@for name in 12 13 13-no-ha 13-truncated; do $(BIN)/haupgrade lab linux image $$name; done

.PHONY: prove
prove: prove-linux prove-python faults-page ## Run the long proofs too, on every supported Python found, and keep the output

.PHONY: mutants
mutants: $(VENV)/.stamp ## Only whether each proof of a rule notices a package that breaks it, as a table
	@$(BIN)/python -m pytest -n 0 -m prove -rP --show-capture=stdout tests/mutants

.PHONY: prove-linux
prove-linux: $(VENV)/.stamp ## Only those on real Linux pairs: one after the other, since they measure
	@$(LOAD) prove_on $(BIN)/python "$$(minor $(BIN)/python)" linux 0 linux

.PHONY: prove-python
prove-python: $(VENV)/.stamp ## Only the others, on every supported Python found
	@$(LOAD) \
	main="$$(minor $(BIN)/python)"; found="$$main"; status=0; \
	for version in $(ALSO); do \
	  if [ "$$version" != "$$main" ] && find_python "$$version" >/dev/null; then found="$$found $$version"; fi; \
	done; \
	for version in $$found; do \
	  if [ "$$version" = "$$main" ]; then venv=$(VENV); else venv=$(VENV)-$$version; $(MAKE) $$venv/.stamp; fi; \
	  if [ "$$version" = "$$main" ]; then marks='not linux'; else marks='not linux and not exhaustive'; fi; \
	  echo "Proofs on Python $$version:"; \
	  prove_on "$$venv/bin/python" "$$found" "$$marks" $(WORKERS) "python-$$version" || status=1; \
	done; \
	for version in $(ALSO); do \
	  case " $$found " in (*" $$version "*) ;; (*) echo "Python $$version: not found, nothing proven on it" ;; esac; \
	done; \
	exit $$status

.PHONY: faults
faults: $(VENV)/.stamp ## Play every fault scenario over real SSH, and write docs/faults.md from what came of it
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m 'prove or not prove' tests/end_to_end/test_scenarios.py $(ARGS)
	@$(MAKE) faults-page

.PHONY: faults-page
faults-page: $(VENV)/.stamp ## Write docs/faults.md from what is kept of the scenarios
	@$(BIN)/python -m tests.end_to_end.scenarios.page

.PHONY: check
check: $(VENV)/.stamp ## Check format, lint and types, as CI does
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --strict --no-error-summary $(CODE)

.PHONY: format
format: $(VENV)/.stamp ## Format the code and apply the safe fixes
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

.PHONY: venv
venv: $(VENV)/.stamp ## Make the environment only
	@:

.PHONY: clean
clean: ## Remove environments and caches; campaigns and their evidence stay
	@rm -rf .venv .venv-3.* .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov dist build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp: pyproject.toml constraints.txt
	@$(LOAD) python="$$(find_any_python)"; make_venv "$$python" $(VENV)

$(VENV)-%/.stamp: pyproject.toml constraints.txt
	@$(LOAD) python="$$(find_python $*)"; make_venv "$$python" $(VENV)-$*
