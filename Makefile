# SPDX-License-Identifier: Apache-2.0
# A thin front door: `make demo` shows caliwatch at work, `make test` runs every test. Both set up all they need.
PRESET ?= dev
JOBS ?= $(shell nproc)
# Tests of whole clusters mostly wait for them. Which tests there are, and what a changed lab is: test/CMakeLists.txt.
TEST_JOBS ?= $(shell echo $$((3 * $$(nproc))))
BUILD := build/$(PRESET)

.PHONY: help demo test test-long test-kernels kernels test-kube kube shipped check deps configure build lint bench soak docs pictures sanitize fuzz coverage mutants clean
help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## a cluster on this machine: real BIRD, an agent per node, faults to try
	@test/lab/before-demo $(BUILD)/caliwatch $(JOBS)
	@$(MAKE) --no-print-directory configure
	@NINJA_STATUS="[%f of %t, %e s] " cmake --build $(BUILD) --target caliwatch --parallel $(JOBS)
	@test/lab/lab demo --agent $(BUILD)/caliwatch

test: build ## every test but the long ones; those of the lab where test/lab changed
	@ctest --test-dir $(BUILD) --output-on-failure --parallel $(TEST_JOBS) \
	  --label-exclude "$$(test/lab/tests/changed && echo '^(long|kernels)$$' || echo '^(long|kernels|lab)$$')"

test-long: build kernels kube shipped ## those that wait for BIRD's own 240 seconds, all of the lab's own, other kernels, Kubernetes, the image
	@ctest --test-dir $(BUILD) --output-on-failure --parallel $(TEST_JOBS) --label-regex '^(long|lab|kernels|kube)$$'

test-kernels: build kernels ## decoders, tunnels and a lab with IPIP under Linux 5.10, 6.1 and 6.12, emulated
	@ctest --test-dir $(BUILD) --output-on-failure --label-regex '^kernels$$'

kernels: # What cannot be had is said here, and its tests are skipped.
	@.ci/install-kernels || true

test-kube: build kube ## those against a real Kubernetes API server, which Go 1.26 builds in minutes, once
	@ctest --test-dir $(BUILD) --output-on-failure --parallel $(TEST_JOBS) --label-regex '^kube$$'

kube: # Where there is no Go for it, it says so, and its tests are skipped.
	@test/kube/build

shipped: # The image, clean Debians, a program for arm64, the newest Prometheus: what cannot be had is said, and its tests are skipped.
	@test/prometheus/build
	@test/roots/make bookworm trixie
	@for target in runtime ipam; do test/roots/image $$target $$(dpkg --print-architecture); done
	@test/roots/image runtime arm64
	@test/roots/image --package

check: build ## the fast loop: unit tests and formatting
	@ctest --test-dir $(BUILD) --output-on-failure --parallel $(JOBS) --label-regex '^unit$$' --progress
	@git ls-files -z '*.cc' '*.h' | xargs -0 clang-format --dry-run --Werror

deps: ## install and unpack the Debian packages that are missing
	@.ci/install-packages

configure: deps
	@cmake --preset $(PRESET) --log-level=NOTICE $(if $(CI),-DCMAKE_COMPILE_WARNING_AS_ERROR=ON)

build: configure ## the program: build/dev/caliwatch (PRESET=release for the one to ship)
	@cmake --build $(BUILD) --parallel $(JOBS)

lint: configure ## formatting, shellcheck, ruff, and clang-tidy over what changed (LINT=all: over everything)
	@.ci/lint $(BUILD) $(LINT)

bench: ## what the agent costs beside exporters and the kernel's own dump, an hour or two: BENCH="--size M --quick" for less
	@.ci/install-packages
	@cmake --preset release --log-level=NOTICE
	@/usr/bin/python3 -B test/bench/run build/release $(BENCH); whole=$$?; test/bench/kernel build/release && exit $$whole

soak: ## 100,000 polls while routes come and go, almost three hours: SOAK="--minutes 30" for less
	@.ci/install-packages
	@cmake --preset release --log-level=NOTICE
	@/usr/bin/python3 -B test/bench/soak build/release $(SOAK)

docs: build ## write what is made from code anew: metrics.md, cost.md, checks.md, cluster-checks.md, ipam-checks.md, caliwatch.1, reliability.md, security.md, the chart's table, manifests
	@$(BUILD)/test/caliwatch_write_docs docs
	@PYTHONPATH=test/system:test/lab:test CALIWATCH=$(BUILD)/caliwatch /usr/bin/python3 -B -m deploy.reliability
	@PYTHONPATH=test/system:test/lab:test /usr/bin/python3 -B -m deploy.security
	@PYTHONPATH=test/system:test/lab:test /usr/bin/python3 -B -m deploy.chart_table
	@deploy/prometheus/render-rules --operator > deploy/kubernetes/prometheusrule.yaml
	@helm=$$(command -v build/tools/go/helm || command -v helm) || exit 0; HELM=$$helm deploy/kubernetes/write-manifests

pictures: build ## draw docs/pictures anew: the page and the dashboards of a lab with faults
	@PYTHONPATH=test/system:test/lab:test /usr/bin/python3 -B -m pictures.draw --agent $(BUILD)/caliwatch docs/pictures

sanitize: ## every test under the address, undefined-behaviour and thread sanitizers
	@$(MAKE) --no-print-directory test PRESET=asan TEST_JOBS=$$((2 * $$(nproc)))
	@$(MAKE) --no-print-directory test PRESET=tsan TEST_JOBS=$$((2 * $$(nproc)))

fuzz: ## what a stranger can send, made up: FUZZ_SECONDS for each target (300), TARGETS=… for some; crashes in build/fuzz/found
	@.ci/install-packages build fuzz
	@cmake --preset fuzz --log-level=NOTICE
	@cmake --build build/fuzz --target caliwatch_fuzz --parallel $(JOBS)
	@test/fuzz/run --seconds $(or $(FUZZ_SECONDS),300) $(TARGETS)

coverage: ## which lines of decode and analysis no unit test runs, but for those of test/coverage/not_run.txt
	@.ci/install-packages build cover
	@cmake --preset coverage --log-level=NOTICE
	@cmake --build build/coverage --target caliwatch_test --parallel $(JOBS)
	@test/coverage/run build/coverage

mutants: configure ## conditions of the checks that no test would miss; CHECKS=… for some of them
	@cmake --build $(BUILD) --target caliwatch_test --parallel $(JOBS)
	@test/mutants/run $(BUILD) $(CHECKS)

clean: ## remove what was built
	@rm -rf build
