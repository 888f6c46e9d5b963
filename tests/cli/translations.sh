#!/bin/sh
# Every text for people has its Spanish, and cli/po is as the code says it should be.
. "$(dirname "$0")/lib.sh"
for tool in xgettext msgmerge msgattrib msgcmp msgfmt; do
    command -v $tool >/dev/null || { echo "no $tool (Debian: gettext)"; exit 77; }
done
po=$GARITA_SOURCE/cli/po

must "$po/extract.sh" "$GARITA_SOURCE"
cp "$seen/out" extracted.pot
cmp -s extracted.pot "$po/garita.pot" || {
    diff "$po/garita.pot" extracted.pot >"$seen/out"
    fail "cli/po/garita.pot is not what the code says: run cli/po/update.sh"
}

msgcmp "$po/es.po" extracted.pot >"$seen/out" 2>"$seen/err" ||
    fail "texts without a translation: run cli/po/update.sh, then translate"
for flaw in --untranslated --only-fuzzy --only-obsolete; do
    msgattrib $flaw --no-wrap "$po/es.po" >"$seen/out"
    ! grep -q '^\(#~ \)\?msgid "..*"\|^msgid ""$' "$seen/out" || fail "es.po has texts: $flaw"
done
must msgfmt --check --output-file=es.mo "$po/es.po"
# cli/i18n.c knows this rule and no other.
grep -q '^"Plural-Forms: nplurals=2; plural=(n != 1);' "$po/es.po" || fail "another plural rule"
