#!/bin/sh
# Installs the second verifier's packages and runs it on the golden vectors.
# usage: run.sh [BUILD-FOLDER [READER]]   With a folder, it works in a copy there and leaves the source
# alone. READER is the program of reader.c, which is compared then.
# GARITA names the program, whose verdicts are then compared too.
# Exit status: 0 passed, 1 failed, 77 skipped: no Node.js 18, no npm, or no registry to be reached
# (unless CI=true: then that is a failure).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$here}

skip() {
  echo "skipped: $1"
  exit 77
}

command -v node >/dev/null || skip "node is missing (apt-get install nodejs npm)"
command -v npm >/dev/null || skip "npm is missing (apt-get install npm)"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || skip "node is version $major, 18 is needed"

if [ "$work" != "$here" ]; then
  mkdir -p "$work"
  work=$(cd "$work" && pwd)
  rm -f "$work"/*.mjs
  cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$work"/
fi

# What is installed already, by this very lock, is not fetched again.
cd "$work"
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  if ! npm ci --ignore-scripts --fetch-retries=1 --loglevel=error >npm.log 2>&1; then
    cat npm.log
    # A machine without a way to npm's packages cannot run this; CI has one, and there it must pass.
    if [ "${CI:-}" != true ] && ! npm ping --fetch-retries=0 --loglevel=silent >ping.log 2>&1; then
      skip "no npm registry can be reached from here ($(sed -n 's/^npm ERR! code /npm says /p' npm.log))"
    fi
    echo "npm ci failed"
    exit 1
  fi
  cp package-lock.json node_modules/.installed-lock
fi
rm -f npm.log ping.log

golden=${GARITA_GOLDEN:-$root/fixtures/golden}
shared=$root/../shared/vectors
exec node run.mjs "$golden" "${GARITA_WYCHEPROOF:-$shared/ed25519/wycheproof.json}" \
  "${GARITA_MERKLE:-$shared/merkle/proofs.json}" "${GARITA:-}" "${2:-}"
