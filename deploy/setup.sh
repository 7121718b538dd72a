#!/bin/sh
# Prepare this checkout: system tools through apt where that is allowed, a virtual environment from the lock file.
# Usage: deploy/setup.sh run|test. Quick when there is nothing to do. Says what is off where something cannot be had.
set -eu
cd "$(dirname "$0")/.."
purpose="${1:-run}"
# LibreOffice (320 MB on disk) converts old Word files and makes previews; Liberation 2 has all Vietnamese letters.
readers="poppler-utils catdoc tesseract-ocr tesseract-ocr-vie bubblewrap libarchive13 fonts-liberation2"
readers="$readers libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
case "$purpose" in
  run) lock=requirements.lock; packages="$readers" ;;
  # libatomic1: the browser driver of the tests is a node that needs it.
  test) lock=requirements-dev.lock
    packages="$readers chromium postgresql strace fonts-dejavu-core libatomic1" ;;
  *) echo "setup.sh run|test" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

# --- Python ---------------------------------------------------------------------------------------------------
python=""
for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
  [ -n "$candidate" ] || continue
  if "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' 2>/dev/null; then
    python="$candidate"; break
  fi
done

# --- system tools ---------------------------------------------------------------------------------------------
missing=""
command -v dpkg-query >/dev/null 2>&1 && for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -z "$python" ]; then missing="$missing python3 python3-venv"
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then missing="$missing python3-venv"
fi
if [ -n "$missing" ]; then
  become=""
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then become="sudo -n"; else become="no"; fi
  fi
  if [ "$become" != no ] && command -v apt-get >/dev/null 2>&1; then
    say "Đang cài công cụ hệ thống:$missing"
    export DEBIAN_FRONTEND=noninteractive
    { $become apt-get update -qq && $become env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing; } >/tmp/kho-apt.$$.log 2>&1 \
      || { tail -5 /tmp/kho-apt.$$.log >&2; say "Chưa cài được:$missing (xem ở trên)."; }
    rm -f /tmp/kho-apt.$$.log
  else
    say "Không có quyền cài công cụ hệ thống. Thiếu:$missing"
    say "Chương trình vẫn chạy, nhưng phần cần các công cụ này bị tắt; xem “kho doctor”."
  fi
fi
[ -n "$python" ] || python=python3
command -v "$python" >/dev/null 2>&1 || { say "Cần Python 3.11, 3.12 hoặc 3.13."; exit 1; }

# --- virtual environment ----------------------------------------------------------------------------------------
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys' 2>/dev/null; then
  rm -rf .venv
  # Without Debian's python3-venv there is no ensurepip; then the system's pip, if any, fills the environment.
  "$python" -m venv .venv 2>/dev/null || { rm -rf .venv; "$python" -m venv --without-pip .venv; }
fi
if .venv/bin/python -m pip --version >/dev/null 2>&1; then pip=".venv/bin/python -m pip"
elif "$python" -m pip --version >/dev/null 2>&1; then pip="$python -m pip --python .venv/bin/python"
else say "Thiếu pip: hãy cài gói python3-venv (apt-get install python3-venv)."; exit 1
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1
# The development lock holds all that running needs, so a test environment serves both purposes.
stamp=".venv/kho-$purpose.stamp"
wanted="$(cat "$lock" pyproject.toml | sha256sum | cut -d' ' -f1)"
full="$(cat requirements-dev.lock pyproject.toml | sha256sum | cut -d' ' -f1)"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ] && \
   ! { [ "$purpose" = run ] && [ "$(cat .venv/kho-test.stamp 2>/dev/null || true)" = "$full" ]; }; then
  say "Đang cài các thư viện Python (một lần)…"
  $pip install --quiet --require-hashes -r "$lock"
  $pip install --quiet --no-deps --no-build-isolation -e .
  printf '%s' "$wanted" > "$stamp"
fi
