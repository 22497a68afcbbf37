# Two commands do everything: `make run` and `make test`.
# Options of the suite go into ARGS:  make run ARGS="--tags @LCK-01"

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETS := $(notdir $(patsubst %/,%,$(wildcard features/sets/*/)))
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run test test-all slow serve install browser lint types imports spec unit suite faults mutation mutants bench profile third-party wheel clean
# Each step says what is wrong; interleaved with others nobody would see it.
.NOTPARALLEL:

help: ## この一覧 / this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

run: install browser ## 参照実装を起動し、全シナリオをブラウザで実施して報告書を作る / run the suite
	@$(BIN)/otp-conformance run $(ARGS); code=$$?; \
	command -v otp-conformance >/dev/null || { \
	  echo; echo "この端末で otp-conformance と打てるようにする / to type otp-conformance in this terminal:"; \
	  echo "  . $(BIN)/activate"; }; \
	exit $$code

serve: install ## 参照実装を人が操作するために起動する / start the reference bank for a person
	$(BIN)/otp-conformance serve $(ARGS)

test: install browser lint types imports spec unit suite ## すべての検査 / lint, types, specification, unit tests with faulty banks, suite, coverage
	@echo "make test: すべて合格 / all green"

install: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Python 3.11 以上が必要です（$(PYTHON)）。例: make PYTHON=python3.12 run / Python >= 3.11 is needed" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "venv を作れません。Debian では: apt-get install python3-venv / cannot create a venv" >&2; exit 2; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

browser: install
	@VENV_BIN=$(BIN) sh scripts/ensure-browser.sh

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports

spec: install
	$(BIN)/otp-conformance lint
	$(BIN)/otp-conformance coverage --static
	@for set in $(SETS); do $(BIN)/otp-conformance coverage --static --set $$set || exit; done

# Two lanes, the one without banks first: it tells in a minute or two what is wrong.
unit: install browser
	$(BIN)/pytest -n auto -m "not slow and not bank and not browser"
	$(BIN)/pytest -n auto -m "not slow and (bank or browser)"

suite: install browser
	$(BIN)/otp-conformance run
	$(BIN)/otp-conformance coverage
	@for set in $(SETS); do \
	  $(BIN)/otp-conformance run --set $$set && $(BIN)/otp-conformance coverage || exit; done

slow: install browser ## 長い試験だけ（例: make slow ARGS="tests/workshop/test_skins.py"） / the slow tests alone; hours
	$(BIN)/pytest -m slow $(or $(ARGS),tests)

test-all: test slow faults ## make test に、長い試験とすべての欠陥の広い検査を加える（一晩） / make test, the slow tests and the full kill matrix; a night
	@echo "make test-all: すべて合格 / all green"

faults: install browser ## 欠陥のある銀行をすべて、広い範囲で検査する（検出表） / the full kill matrix
	$(BIN)/python -m workshop.teeth --full $(ARGS)

mutation: install ## スイート自身を鈍らせ、気付かれるかを調べる（長い） / mutate the suite: is a blunted check noticed?
	$(BIN)/python -m workshop.mutation.run $(ARGS)

mutants: install ## 参照実装を一か所ずつ変え、スイートが気付くかを調べる（20分の標本） / mutate the bank: does the suite notice?
	$(BIN)/python -m workshop.mutants.run $(or $(ARGS),--sample 300 --most 60 --minutes 20)

bench: install browser ## 速さを同じ操作の素の Playwright と比べる / speed, as a ratio
	$(BIN)/python workshop/benchmarks/compare.py $(ARGS)

profile: install browser ## その時間がどこにかかるか / where that time goes
	$(BIN)/python workshop/benchmarks/where.py $(ARGS)

wheel: install ## 配布用の wheel を作る / build the wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

third-party: install browser ## 第三者製品（privacyIDEA、LemonLDAP::NG）を用意して検査する（docs/third-party.ja.md） / set up and check products that are not ours
	BIN=$(BIN) sh scripts/third-party.sh $(ARGS)
