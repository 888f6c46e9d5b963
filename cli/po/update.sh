#!/bin/sh
# Brings garita.pot and es.po up to date with the code; then translate what es.po leaves empty.
# Usage: cli/po/update.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)

"$here/extract.sh" "$here/../.." >"$here/garita.pot.new"
mv "$here/garita.pot.new" "$here/garita.pot"
# No guesses: a text that changed is translated anew.
msgmerge --quiet --no-fuzzy-matching --no-wrap --update --backup=none "$here/es.po" \
    "$here/garita.pot"
msgattrib --no-obsolete --no-wrap --output-file="$here/es.po" "$here/es.po"
msgfmt --check --statistics --output-file=/dev/null "$here/es.po"
