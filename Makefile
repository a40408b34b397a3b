# Every target sets up what it needs; see `make help`.
.PHONY: help setup demo test check bench clean
.DEFAULT_GOAL := help
demo_out := out/demo

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything that building, testing and checking need
	@tools/setup check

demo: ## simulate the four published phase-3 trials of mipomersen and write the report
	@tools/setup build
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --target dosewright
	build/release/dosewright trial programmes/mipomersen --design phase3 \
	  --replicates 100 --seed 1 --out $(demo_out)
	@echo "The report is $(CURDIR)/$(demo_out)/report.html; open it in a browser."

test: ## build everything and run every test
	@tools/setup test
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release
	@ctest --preset release

check: ## run formatters, linters, limits, docs checks and the quick tests, as CI does
	@tools/setup check
	@tools/check $(CHECK_FLAGS)

bench: ## run the benches at full length
	@tools/setup test
	@cmake --preset release --log-level=WARNING
	@cmake --build --preset release --target bench

clean: ## remove what was built and what demo wrote
	rm -rf build out
