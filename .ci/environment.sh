#!/usr/bin/env bash
# Makes .venv from requirements.txt with Python 3.11; does nothing when the lock has not changed since.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
is_311() { "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

hash=$( (sha256sum requirements.txt; pwd) | sha256sum | cut -d' ' -f1)
stamp=.venv/requirements.sha256
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$hash" ] && [ -x .venv/bin/python ]; then
  exit 0
fi

find_python() {
  for candidate in python3.11 python3 /usr/bin/python3.11; do
    if command -v "$candidate" >/dev/null && is_311 "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
}

if [ ! -x .venv/bin/python ] || ! is_311 .venv/bin/python; then
  python=$(find_python)
  if [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if command -v dpkg-query >/dev/null && [ -z "$python" -o "$python" = /usr/bin/python3.11 -o "$python" = /usr/bin/python3 ]; then
      list=$(mktemp)
      printf 'python3\npython3-venv\n' >"$list"
      .ci/system.sh "$list" || true
      rm -f "$list"
      python=$(find_python)
    fi
  fi
  if [ -z "$python" ]; then
    say "Protocol Campus needs Python 3.11; found: $(python3 --version 2>/dev/null || echo no Python at all)."
    say "On Debian 12:  apt-get install -y python3 python3-venv"
    exit 1
  fi
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "$python cannot make environments: its modules venv and ensurepip are missing."
    exit 1
  fi
  say "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi

say "Installing the dependencies of requirements.txt (a minute or two the first time)"
pause=3
for try in 1 2 3 4; do
  if [ -x .venv/bin/uv ]; then
    .venv/bin/uv pip sync -q --python .venv/bin/python requirements.txt && break
  elif command -v uv >/dev/null; then
    uv pip sync -q --python .venv/bin/python requirements.txt && break
  else
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input -r requirements.txt && break
  fi
  if [ "$try" = 4 ]; then
    say "The dependencies could not be installed."
    exit 1
  fi
  say "That did not succeed (try $try of 4); again in $pause seconds."
  sleep "$pause"
  pause=$((pause * 3))
done
echo "$hash" >"$stamp"
