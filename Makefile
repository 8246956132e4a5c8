# Everything a person or a build machine does with this repository. `make` alone lists it.
# GNU make 3.81 or later. After the first build has fetched its packages, nothing here needs a network
# (but for the container images of docs/deploy).

SHELL := /bin/bash
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# `install` links Swift's runtime into the binary. Other compiler flags mean another scratch folder: in a shared
# one each change of flags would compile every dependency again.
STATIC := --static-swift-stdlib --scratch-path .build-static
# The command line alone: nothing is fetched that only tidemarkd needs.
CORE_ONLY := TIDEMARK_CORE_ONLY=1
SOURCES = find Package.swift Sources Tests Benchmarks -name '*.swift' -not -path '*/.build*' -print0
# Else every test is begun at once, and one that waits for a server waits for all the others first.
AT_ONCE = --experimental-maximum-parallelization-width $$((3 * $$(getconf _NPROCESSORS_ONLN)))

bin := $(DESTDIR)$(PREFIX)/bin
share := $(DESTDIR)$(PREFIX)/share

.DEFAULT_GOAL := help
# A seed is one life of a log on a simulated disk, with seven or eight crashes in it.
SEEDS ?= 15000

.PHONY: help demo build test simulate drill race fuzz lint format bench install install-service uninstall clean prerequisites

help: ## what there is
	@echo "make demo      build the command line and watch it work on a bundled log (two minutes the first time)"
	@echo "make test      all tests, 20,000 simulated crashes, then the benchmarks at their smoke sizes"
	@echo "make simulate  more crashes on a simulated disk  [SEEDS=15000, or SEEDS=FIRST-LAST]"
	@echo "make drill     real faults on the real binary: kills, failing calls, full disks, power cuts; memory, starts"
	@echo "make race      what runs on several threads, under the thread sanitizer (half an hour)"
	@echo "make fuzz      mutated inputs to everything that reads, a minute each  [FUZZ_SECONDS=60]"
	@echo "make build     an optimised tidemark in .build/release"
	@echo "make install   binary, completions and man page below PREFIX=$(PREFIX)  [DESTDIR=]"
	@echo "make install-service  tidemarkd, which forwards alerts, beside it (some minutes the first time)"
	@echo "make lint      the formatter's verdict; make format rewrites the files"
	@echo "make bench     the benchmarks at full size"
	@echo "make clean     remove everything that was built"

prerequisites:
	@.ci/prerequisites "$(SWIFT)"

build: prerequisites
	@$(CORE_ONLY) $(SWIFT) build -c release --product tidemark

demo: build
	@.build/release/tidemark demo

test: prerequisites
	@$(SWIFT) build --build-tests
	@$(SWIFT) test --skip-build --disable-xctest --parallel $(AT_ONCE) --quiet
	@$(MAKE) --no-print-directory simulate SEEDS=2750
	@.ci/benchmarks smoke

simulate: prerequisites
	@cd Benchmarks && $(CORE_ONLY) $(SWIFT) build -c release --quiet --product simulate && .build/release/simulate $(SEEDS)

drill: build
	@.ci/drill
	@$(SWIFT) build -c release --product tidemarkd
	@.ci/drill-delivery
	@.ci/drill-endurance

race: prerequisites
	@SWIFT="$(SWIFT)" .ci/race

fuzz: prerequisites
	@$(CORE_ONLY) SWIFT="$(SWIFT)" .ci/fuzz

lint: prerequisites
	@$(SOURCES) | xargs -0 $(SWIFT) format lint --strict --parallel --configuration .swift-format
	@echo "lint: clean"

format: prerequisites
	@$(SOURCES) | xargs -0 $(SWIFT) format format --in-place --parallel --configuration .swift-format

bench: prerequisites
	@.ci/benchmarks full

install: prerequisites
	@$(CORE_ONLY) $(SWIFT) build -c release --product tidemark $(STATIC)
	@install -d "$(bin)" "$(share)/man/man1" "$(share)/bash-completion/completions" \
	    "$(share)/zsh/site-functions" "$(share)/fish/vendor_completions.d"
	@install -s -m 755 .build-static/release/tidemark "$(bin)/tidemark"
	@install -m 644 docs/man/tidemark.1 "$(share)/man/man1/tidemark.1"
	@"$(bin)/tidemark" --generate-completion-script bash > "$(share)/bash-completion/completions/tidemark"
	@"$(bin)/tidemark" --generate-completion-script zsh > "$(share)/zsh/site-functions/_tidemark"
	@"$(bin)/tidemark" --generate-completion-script fish > "$(share)/fish/vendor_completions.d/tidemark.fish"
	@echo "installed $(bin)/tidemark, its man page and completions for bash, zsh and fish"

install-service: prerequisites
	@$(SWIFT) build -c release --product tidemarkd $(STATIC)
	@install -d "$(bin)" "$(share)/doc/tidemark"
	@install -s -m 755 .build-static/release/tidemarkd "$(bin)/tidemarkd"
	@install -m 644 docs/deploy/tidemarkd.service docs/delivery.md "$(share)/doc/tidemark/"
	@echo "installed $(bin)/tidemarkd; a unit for systemd is in $(share)/doc/tidemark"

uninstall:
	@rm -f "$(bin)/tidemarkd" "$(share)/doc/tidemark/tidemarkd.service" "$(share)/doc/tidemark/delivery.md"
	@rm -f "$(bin)/tidemark" "$(share)/man/man1/tidemark.1" "$(share)/bash-completion/completions/tidemark" \
	    "$(share)/zsh/site-functions/_tidemark" "$(share)/fish/vendor_completions.d/tidemark.fish"

clean:
	@rm -rf .build .build-* Benchmarks/.build Benchmarks/.build-* Tests/Fuzz/.build
