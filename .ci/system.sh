#!/usr/bin/env bash
# Installs the Debian packages named in the given lists, those only that are missing; asks no server when none is.
# Usage: .ci/system.sh LIST...
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

wanted=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@" | awk '{print $1}')

if ! command -v dpkg-query >/dev/null; then
  say "This is not a Debian system. Install by your own means what these packages hold:"
  say "$(printf '%s ' $wanted)"
  exit 0
fi

missing=""
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  say "Missing Debian packages:$missing"
  say "Install them as root, then start again:  apt-get update && apt-get install -y$missing"
  exit 1
fi

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

say "Installing Debian packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
pause=3
for try in 1 2 3 4 5; do
  # shellcheck disable=SC2086
  if apt update >"$log" 2>&1 && apt install -y --no-install-recommends $missing >>"$log" 2>&1; then
    exit 0
  fi
  tail -n 4 "$log" >&2
  if [ "$try" -lt 5 ]; then
    say "apt did not succeed (try $try of 5); again in $pause seconds."
    sleep "$pause"
    pause=$((pause * 3))
  fi
done
say "Could not install:$missing. The end of what apt said:"
tail -n 25 "$log" >&2
exit 1
