#!/bin/sh
# Writes the template of all texts for people to standard output.
# Usage: extract.sh SOURCE_DIR
#
# _, N_ and P_ mark texts in the code. A library knows nothing of languages: the sentences of the
# error tables are marked by their place, X(CONSTANT, "name", "sentence"), and what the store says of
# a log, and core of a flaw in a rule, by FINDING("sentence").
set -eu
cd "$1"

# C's own order, so that the template does not depend on who makes it.
LC_ALL=C
export LC_ALL

parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

extract() {
    xgettext --from-code=UTF-8 --language=C --keyword --no-wrap --package-name=garita \
        --msgid-bugs-address=none "$@"
}

extract --keyword=_ --keyword=N_ --keyword=P_:1,2 --add-comments=TRANSLATORS \
    --output="$parts/code.pot" cli/*.c cli/*.h
extract --keyword=X:3 --output="$parts/errors.pot" core/include/garita/error.h \
    core/store/include/garita/store.h core/store/include/garita/store_decisions.h \
    core/qr/include/garita/picture.h
# The header has a table of operations too, whose rows are longer.
extract --keyword=X:3,3t --output="$parts/rules.pot" core/include/garita/certlogic.h
extract --keyword=FINDING --output="$parts/findings.pot" core/store/*.c core/certlogic_form.c

sed -i 's/CHARSET/UTF-8/' "$parts"/*.pot
# A percentage ("30 % of") is no format, though "% o" is one.
# Without dates and line numbers a template differs only when a text does.
msgcat --use-first --no-wrap --no-location --sort-output "$parts/code.pot" "$parts/errors.pot" \
    "$parts/rules.pot" "$parts/findings.pot" |
    sed -e '1,/^#$/d' -e '/^"POT-Creation-Date:/d' -e '/^"Report-Msgid-Bugs-To:/d' \
        -e '/^#, c-format$/ { N; s/^#, c-format\n\(.* [0-9]* % of \)/\1/; }'
