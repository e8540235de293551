# serve: install, index the bundled report at first start, open the page
# test:  install, lint, type-check, run every test
# ocr:   install text recognition, so that scanned PDFs can be added
# scale: measure large libraries, here and in Milvus; docs/SCALE.md has the figures
# cluster-test: kill a query node of a Milvus cluster under load (needs Debian's etcd-server)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: serve test lint ocr bench load scale cluster-test clean

serve: $(VENV)/.product
	$(BIN)/qa serve

test: lint
	$(BIN)/pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ocr: $(VENV)/.product
	$(PIP) --editable '.[ocr]'

bench: $(VENV)/.product
	$(BIN)/python -m eval.bench
	$(BIN)/python -m eval.fuzz

load: $(VENV)/.product
	$(PIP) --editable '.[load]'
	$(BIN)/python -m eval.load

scale: $(VENV)/.product
	$(PIP) --editable '.[milvus]' milvus==2.3.5
	$(BIN)/python -m eval.scale
	$(BIN)/python -m eval.scale --choices

cluster-test: $(VENV)/.product
	$(PIP) --editable '.[milvus]' milvus==2.3.5 confluent-kafka
	$(BIN)/python -m eval.cluster

clean:
	rm -rf $(VENV)

$(VENV)/.product: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time takes a few minutes."
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.product
	$(PIP) --editable '.[dev]'
	touch $@
