# Every target is one Python program, so the book can be built without make too (see README.md).
# Another Python: make book PYTHON=python3.12
PYTHON ?= python3
VENV_PYTHON = .venv/bin/python

.PHONY: help environment book test test-quick render exercises grade offline pdf serve lint bench lock address clean distclean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

environment:
	@$(PYTHON) tools/environment.py

book: environment ## build the site and say which file to open
	@$(VENV_PYTHON) -m tools.site

test: environment ## check every notebook and the code: policy, unit tests, nbval
	@$(VENV_PYTHON) -m tools.test

test-quick: environment ## the same without executing the chapters
	@$(VENV_PYTHON) -m tools.test --quick

render: environment ## execute the chapters that changed (CHAPTER=name for one) and store their outputs
	@$(VENV_PYTHON) -m tools.render $(CHAPTER)

exercises: environment ## make the student versions of the exercises, without solutions
	@$(VENV_PYTHON) -m tools.exercises

grade: environment ## grade a folder of submissions: make grade SUBMISSIONS=folder
	@$(VENV_PYTHON) -m tools.grade "$(SUBMISSIONS)"

offline: environment ## pack the site into one zip that is read without a network
	@$(VENV_PYTHON) -m tools.offline

pdf: environment ## print the whole book as one PDF; needs Chromium
	@$(VENV_PYTHON) -m tools.pdf

serve: book ## show the site on this machine, at an address that only this machine reaches
	@$(VENV_PYTHON) -m tools.site --serve

lint: environment ## check the style of the code and the links inside the book
	@$(VENV_PYTHON) -m tools.lint

bench: environment ## measure times, memory and page weights; writes benchmarks/
	@$(VENV_PYTHON) -m benchmarks.run

lock: environment ## renew constraints.txt
	@$(VENV_PYTHON) -m tools.lock

address: environment ## write the public address everywhere: make address REPO=owner/name
	@$(VENV_PYTHON) -m tools.address $(REPO)

clean: ## delete what was built; .venv stays
	rm -rf _build build ae_utils.egg-info .pytest_cache .ruff_cache

distclean: clean ## delete .venv and downloaded files as well
	rm -rf .venv _static/katex
