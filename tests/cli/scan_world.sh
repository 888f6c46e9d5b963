# scan_world.sh: what the scripts about lanes and policies share; they read it behind lib.sh.
#
# By the clock $DAY, GARITA_HOME is the home of who signs, which pins the anchors of USA and MEX. Below
# USA's stand cbp, which issues credentials and policies, and the labor department dol; below MEX's the
# agency inm, the health ministry ssa and the labor ministry stps.
DAY=2026-11-21T15:00:00Z

authority() { # NAME ANCHOR COUNTRY PROGRAMMES TYPES
    at $DAY key new "$1" --no-passphrase
    at $DAY key export "$1" -o "$1.pub"
    at $DAY authority certify --as "$2" --subject "$1.pub" --name "$(echo "$1" | tr a-z A-Z)" \
        --country "$3" --programmes "$4" --types "$5" -o "$1.auth"
    at $DAY trust add "$1.auth"
}

make_authorities() {
    at $DAY init --country USA
    for name in usa mex; do
        at $DAY key new $name --no-passphrase
    done
    at $DAY authority anchor usa --name "USA anchor" --country USA -o usa.auth
    at $DAY authority anchor mex --name "MEX anchor" --country MEX -o mex.auth
    at $DAY trust add usa.auth --anchor
    at $DAY trust add mex.auth --anchor
    authority cbp usa USA sentri,global-entry,nexus,fast,ctpat,essential-worker,labor-cert \
        credential,policy,head
    authority dol usa USA labor-cert attestation,head
    authority inm mex MEX viajero-confiable,oea credential,attestation,head
    authority ssa mex MEX health attestation,head
    authority stps mex MEX essential-worker attestation,head
    heads $DAY
}

# heads MOMENT: a fresh one of everybody.
heads() {
    for name in usa mex cbp dol inm ssa stps; do
        at "$1" head --as $name
    done
}

# Who issues what: claims by their name in fixtures/claims.
issuer_of() {
    case $1 in
    viajero-confiable | oea | attestations/trusted-trader) echo inm ;;
    attestations/essential-worker) echo stps ;;
    attestations/labor-cert) echo dol ;;
    attestations/*) echo ssa ;;
    *) echo cbp ;;
    esac
}

# code CLAIMS...: issues each of fixtures/claims/CLAIMS.json once, as CLAIMS.txt.
code() {
    mkdir -p attestations
    for claims in "$@"; do
        [ -e "$claims.txt" ] ||
            at $DAY issue --as "$(issuer_of "$claims")" "$FIXTURES/claims/$claims.json" \
                -o "$claims.txt"
    done
}

# sign POLICY...: fixtures/policies/POLICY.json by cbp, as POLICY.policy.
sign() {
    for name in "$@"; do
        at $DAY policy sign --as cbp "$FIXTURES/policies/$name.json" -o "$name.policy"
    done
}

# pack MOMENT FILE: all that who signs has, as a bundle.
pack() {
    at "$1" sync export -o "$2"
}

# A checkpoint, with what is in the bundle day.gtb; each station NAME of a copy of it.
make_station() {
    checkpoint=$work/home.checkpoint
    must "$GARITA" --home "$checkpoint" init --country USA
    must "$GARITA" --home "$checkpoint" trust add usa.auth --anchor
    must "$GARITA" --home "$checkpoint" trust add mex.auth --anchor
    must "$GARITA" --home "$checkpoint" --now $DAY sync import day.gtb
}

# at_station NAME [POLICY]: GARITA_HOME is a checkpoint of this name, in which the policy rules.
at_station() {
    GARITA_HOME=$work/home.at.$1
    [ -e "$GARITA_HOME" ] && return
    cp -R "$checkpoint" "$GARITA_HOME"
    [ $# -lt 2 ] || at $DAY policy add "$2.policy"
}
