# make demo    the main job by itself against the local simulator, then nothing is left running
# make run     the same set-up in the foreground at https://localhost:8443
# make test    every check and test
# make test-clients  the gateway driven by Azure's own Python SDK, newest and older; CI runs it after make test
# make build   the two executables

CONFIGURATION ?= debug
SWIFT ?= swift
MAKEFLAGS += --no-print-directory

.PHONY: help deps format-check build test test-clients demo run clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile

deps:
	@bash docker/local/install-missing.sh

format-check:
	@echo "==> format"
	@$(SWIFT) format lint --configuration .swift-format --recursive --parallel --strict Package.swift Sources Tests

build: deps
	@echo "==> build ($(CONFIGURATION))"
	@$(SWIFT) build -c $(CONFIGURATION) --product sallyport
	@$(SWIFT) build -c $(CONFIGURATION) --product arm-simulator

test: deps format-check
	@echo "==> build with tests ($(CONFIGURATION))"
	@$(SWIFT) build -c $(CONFIGURATION) --build-tests
	@echo "==> test"
	@SWIFT="$(SWIFT)" CONFIGURATION="$(CONFIGURATION)" bash .ci/run-tests

test-clients: build
	@echo "==> test with real clients"
	@BIN="$$($(SWIFT) build -c $(CONFIGURATION) --show-bin-path)" bash Tests/Clients/run.sh

demo: build
	@echo "==> demo"
	@BINARIES="$$($(SWIFT) build -c $(CONFIGURATION) --show-bin-path)" bash docker/local/demo.sh

run: build
	@echo "==> run"
	@BINARIES="$$($(SWIFT) build -c $(CONFIGURATION) --show-bin-path)" bash docker/local/run.sh

clean:
	@rm -rf .build .demo
