#!/bin/sh
# Write the lock files anew after pyproject.toml changed. Needs the development environment (make setup-test).
set -eu
cd "$(dirname "$0")/.."
compile="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url"
compile="$compile --custom-compile-command deploy/lock.sh"
PATH="$PWD/.venv/bin:$PATH"
$compile pyproject.toml --extra postgresql --group build -o requirements.lock
$compile pyproject.toml --extra postgresql --group dev -o requirements-dev.lock
