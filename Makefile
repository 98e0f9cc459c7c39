# Everything a contributor runs; `make` alone lists it.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

CARGO_HOME ?= $(HOME)/.cargo
export CARGO_TARGET_DIR ?= $(CURDIR)/target
export PATH := $(CURDIR)/end2end/node_modules/.bin:$(CARGO_HOME)/bin:$(PATH)

# Queries are checked against .sqlx, so that no build needs a database.
export SQLX_OFFLINE := true

# The pinned compiler is fetched only where another one is the default.
ifeq ($(filter 1.95.%,$(shell PATH="$(PATH)" rustc --version 2>/dev/null)),)
export RUSTUP_TOOLCHAIN := 1.95.0
endif

TOOLS := end2end/node_modules/.tools-installed
BROWSER := end2end/node_modules/.browser-installed
QUERIES := target/.queries-checked
# Written by each build that fills target/site; says which build that was.
RELEASE := $(CARGO_TARGET_DIR)/release/hash.txt
# Not for release: the tests have built it anyway.
SANDBOX := $(CARGO_TARGET_DIR)/debug/examples/sandbox

# Folders too: a file that goes changes nothing else.
SOURCES := $(shell find Cargo.toml Cargo.lock build.rs src style public lists locales migrations .sqlx 2>/dev/null)

.PHONY: help run test bench sqlx watch fmt lint e2e contract tools clean FORCE \
	check-fmt check-server check-browser check-queries release

help:
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: $(RELEASE) $(SANDBOX) ## Install what is missing, build, and start Ava on its own PostgreSQL and sandbox
	@exec env AVA_ENV=development scripts/with-sandbox $(CARGO_TARGET_DIR)/release/ava serve

test: $(TOOLS) $(BROWSER) ## Check and test everything, and count it
	@scripts/test

bench: $(RELEASE) ## Measure the release build; AGAINST=<program> compares it with another one
	AGAINST='$(AGAINST)' cargo bench --features ssr --bench http

sqlx: $(TOOLS) ## Write .sqlx anew, after a query or a migration changed
	scripts/queries write

watch: $(TOOLS) $(SANDBOX) ## Rebuild and reload while you edit
	AVA_ENV=development scripts/with-sandbox cargo leptos watch

fmt: ## Format the code
	cargo fmt

lint: $(TOOLS) check-fmt check-server check-browser ## Check format and lints only

e2e: $(RELEASE) $(SANDBOX) $(BROWSER) ## Run the browser tests only; ARGS='login --headed' goes to Playwright
	cd end2end && playwright test $(ARGS)

contract: $(RELEASE) $(SANDBOX) ## Try the API with what its contract allows and forbids only; TIME=600 tries longer
	scripts/schemathesis $(TIME)

tools: $(TOOLS) $(BROWSER) ## Install the tools only

clean: ## Remove what was built and installed in here; data/ stays
	cargo clean
	rm -rf target end2end/node_modules end2end/test-results

check-fmt:
	cargo fmt --check

check-server:
	cargo clippy --features ssr --all-targets -- -D warnings

check-browser:
	cargo clippy --target wasm32-unknown-unknown --features hydrate --lib -- -D warnings

check-queries: $(QUERIES)
	@:

$(QUERIES): $(SOURCES) $(shell find tests benches 2>/dev/null)
	scripts/queries check
	@mkdir -p $(@D) && touch $@

release: $(RELEASE)
	@:

$(SANDBOX): $(shell find Cargo.lock sandbox tests/contracts) | $(TOOLS)
	cargo build --features ssr --example sandbox
	@touch $@

# A development build that came later has put its own files into target/site.
$(RELEASE): $(SOURCES) $(wildcard $(CARGO_TARGET_DIR)/debug/hash.txt) | $(TOOLS)
$(RELEASE): $(if $(wildcard target/site/pkg),,FORCE)
	cargo leptos build --release --precompress

$(TOOLS): scripts/install Cargo.toml end2end/package-lock.json
	scripts/install
	@touch $@

$(BROWSER): | $(TOOLS)
	scripts/install browser
	@touch $@
