# Everything this project can do; `make` alone prints the list. CI calls the same targets (.ci/run).
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
LOCKED := requirements.txt requirements-demo.txt requirements-dev.txt

.DEFAULT_GOAL := help
.PHONY: help demo test check lock verdicts screenshots stack stack-stop contract e2e hostile bench masking messages sbom

help: ## print this list
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(VENV)/.demo ## the portal with a simulated Alexandrite, on this machine alone; Ctrl-C ends it
	$(RUN) -m demo

test: $(VENV)/.dev ## the fast tests (a minute)
	$(RUN) -m pytest -n 2

check: $(VENV)/.dev ## style, types, rooms, locks, catalogues, settings, coverage of the pure rooms
	$(RUN) -m tools.check

contract: $(VENV)/.dev ## the same tests on stand-ins and real servers (`make stack` first), or JAEGER_URL=… OTLP_URL=…
	$(RUN) -m pytest tests/contract -m contract

e2e: $(VENV)/.dev ## the portal in a headless Chromium
	$(RUN) -m pytest tests/e2e -m e2e

hostile: $(VENV)/.dev ## a hundred thousand hostile inputs, and canaries through every route, fault, log and file
	$(RUN) -m pytest tests/hostile -n 2 -m "hostile or not hostile" --hypothesis-profile=hostile

stack: ## start a real Jaeger (memory and Badger) and a real Keycloak on loopback, print their addresses
	@$(PYTHON) -m tools.stack start

stack-stop: ## stop exactly those
	@$(PYTHON) -m tools.stack stop

verdicts: $(VENV)/.demo ## play every fault and score the verdicts: SEED=7 ORDERS=600, JAEGER_URL=… OTLP_URL=… for a real Jaeger
	$(RUN) -m demo.verdicts $(if $(SEED),--seed $(SEED)) $(if $(ORDERS),--orders $(ORDERS))

bench: $(VENV)/.dev ## measure what docs/performance.md promises: BENCH=--smoke for a short run
	$(RUN) -m bench $(BENCH)

masking: $(VENV)/.dev ## score the masking of personal data in full (two minutes): MASKING=--write puts the table into docs/masking.md
	$(RUN) -m tests.privacy.figures $(MASKING)

screenshots: $(VENV)/.dev ## a picture of every page and state, into build/screenshots
	$(RUN) -m tools.screenshots

messages: $(VENV)/.dev ## collect the texts to translate into locale/ and compile the catalogues
	$(RUN) -m tools.messages

sbom: $(VENV)/.dev ## the software bill of materials (CycloneDX), into build/sbom.cdx.json
	$(RUN) -m tools.sbom

lock: $(VENV)/.dev ## compile the *.in files into hashed requirements
	$(RUN) -m tools.lock

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.made requirements.txt requirements-demo.txt
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-demo.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.made $(LOCKED)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes $(addprefix -r ,$(LOCKED))
	@touch $(VENV)/.demo $@
