#!/bin/sh
# The language: --lang, then what the environment asks for; no locale but C is needed.
. "$(dirname "$0")/lib.sh"

speaks() { # LANGUAGE: what the last run said on standard error
    case $1 in
    es) expect_err_has "no existe ese archivo" ;;
    en) expect_err_has "there is no such file" ;;
    esac
}

run inspect nosuch.bin
speaks en
run inspect nosuch.bin --lang es
speaks es
run --lang=es inspect nosuch.bin
speaks es

unset LC_ALL LANG LC_MESSAGES
run inspect nosuch.bin
speaks en
export LANG=es_MX.UTF-8
run inspect nosuch.bin
speaks es
run --lang en inspect nosuch.bin
speaks en
export LC_MESSAGES=en_US.UTF-8
run inspect nosuch.bin
speaks en
export LC_ALL=es
run inspect nosuch.bin
speaks es
export LC_ALL=C
run inspect nosuch.bin
speaks en
export LC_ALL=est_EE.UTF-8
run inspect nosuch.bin
speaks en
export LC_ALL=de_DE.UTF-8 LANGUAGE=de:es:en
run inspect nosuch.bin
speaks es
export LC_ALL=C.UTF-8 LANGUAGE=es
run inspect nosuch.bin
speaks es

# A usage error comes before --lang has been read, and is in that language all the same.
unset LANGUAGE
run scan --bogus --lang es
expect_status 64
expect_err_has "opción desconocida"

# With --json, codes stay and the message is in the language.
run --json --lang es inspect nosuch.bin
expect_status 66
expect_json 'o.error === "not-found" && o.message.startsWith("no existe")'
run --lang es scan --help
expect_status 0
expect_out_has "Ejemplos"
