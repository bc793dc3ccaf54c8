#!/usr/bin/env bash
# Proves on this machine that a fresh clone installs and runs with nothing but the system's Node and npm: once as root and
# once as a normal user made for it, each in an empty home folder, without a terminal. Run it as root; it needs git and
# the registry that npm is set to.
#
#   build/checks/clean-machine.sh [--npm 10] [COMMAND…]      default command: npm run --silent cli -- --help
set -euo pipefail

npm_version=
if [ "${1-}" = --npm ]; then
  npm_version=$2
  shift 2
fi
command=${*:-npm run --silent cli -- --help}
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "$(id -u)" != 0 ]; then
  echo "clean-machine: run it as root; it makes a normal user for the second half." >&2
  exit 2
fi

# The PATH of a login without this project's tools in it, so that the system's Node starts npm.
system_path=$(printf %s "$PATH" | tr : '\n' | grep -v node_modules | paste -sd:)
user=callledger-check-$$
scratch=$(mktemp -d)
chmod 755 "$scratch"
cleanup() {
  if id "$user" >/dev/null 2>&1; then userdel --remove "$user" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT

# npm itself in the version asked for, first in the PATH.
if [ -n "$npm_version" ]; then
  npm install --silent --no-save --prefix "$scratch/npm" "npm@$npm_version" </dev/null
  system_path=$scratch/npm/node_modules/.bin:$system_path
fi

# What both run, in a file, so that a COMMAND may hold quotes.
cat >"$scratch/steps" <<END
set -e
cd clone
echo "\$(id -un): node \$(node --version), npm \$(npm --version)"
npm ci
$command
END
chmod 644 "$scratch/steps"

home=$scratch/root
mkdir "$home"
git clone --quiet "$project" "$home/clone"
(cd "$home" && env -i HOME="$home" PATH="$system_path" CI=true bash "$scratch/steps" </dev/null)
echo "As root: in order."

home=$scratch/user
useradd --create-home --home-dir "$home" --shell "$(command -v bash)" "$user"
git clone --quiet "$project" "$home/clone"
chown -R "$user" "$home"
(cd "$home" && su "$user" -c "cd; env -i HOME='$home' PATH='$system_path' CI=true bash '$scratch/steps'" </dev/null)
echo "As a normal user: in order."
