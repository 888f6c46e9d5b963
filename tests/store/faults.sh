# faults.sh: homes, the acts in them that the scripts here break off, and what has to hold afterwards
# wherever one was broken off. Each script begins with
#   . "$(dirname "$0")/faults.sh"
#
# What is known before every act, and must never be lost: CBP issued card.txt (serial 1), other.txt (2)
# and third.txt (3), and revoked 2. Every act, or the bundle that it takes, leads to 1 revoked too.
. "$(dirname "$0")/../cli/sync_homes.sh"

# Thousands of acts, each of which waits for the disk: where there is one of memory, there.
work=$(mktemp -d /dev/shm/garita.XXXXXX 2>/dev/null) || work=$(mktemp -d "$PWD/home.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

# Where the homes of an act are; another folder where the disk itself is the matter.
place=$work

go() {
    export GARITA_HOME="$place/home.$1" XDG_STATE_HOME="$place/home.$1.state"
}

# act ARGUMENT...: garita, as $fault has it go wrong; "" if it does not.
fault=
act() {
    ran="$fault garita $*"
    # shellcheck disable=SC2086 # words, none of which has a space
    env $fault "$GARITA" "$@" >"$seen/out" 2>"$seen/err"
    status=$?
}

# The same without a fault, and without the list of files that lib.sh makes of every run.
run() {
    ran="garita $*${broken:+, after $broken}"
    "$GARITA" "$@" >"$seen/out" 2>"$seen/err"
    status=$?
}

# take FROM TO: the home TO is the home FROM, as it was kept.
take() {
    rm -rf "$place/home.$2" "$place/home.$2.state"
    cp -a "$work/home.$1" "$place/home.$2"
    [ ! -e "$work/home.$1.state" ] || cp -a "$work/home.$1.state" "$place/home.$2.state"
}

# value NAME: the number of this name in the last line of output that has it; empty if none has.
value() {
    sed -n 's/.*"'"$1"'":\([0-9]*\).*/\1/p' "$seen/out" | tail -n 1
}

# The reasons of all verdicts, each with a space behind it.
reasons() {
    sed -n 's/^{"verdict":"[a-z]*","reason":"\([a-z-]*\)".*/\1/p' "$seen/out" | tr '\n' ' '
}

expect_reasons() {
    [ "$(reasons)" = "$1 " ] || fail "the verdicts are $(reasons)not $1"
}

# --- homes ---

# make_scene DAMAGE: home.signer, an agency's; home.lane, a checkpoint that follows it; home.empty, one
# that pins both anchors and knows nothing; and home.torn, home.lost: the lane with a batch's hash
# spoiled, and with a batch gone. Bundles for the lane: tail.gtb, path.gtb (a state, with the way to
# it), fork.gtb (proof and evidence of two histories), gap.gtb (one batch too few); for anybody: whole.gtb,
# of several authorities.
make_scene() {
    make_homes
    go agency
    must "$GARITA" issue --as cbp claims.json -o third.txt --now 2027-06-01T12:00:03Z
    revoke 13 2
    go lane
    bundle agency start.gtb
    go lane
    must "$GARITA" sync import start.gtb
    must "$GARITA" sync have -o have.bin
    pinned_home empty

    copy_home agency ahead
    copy_home agency twin
    go ahead
    revoke 14 1
    bundle ahead tail.gtb have.bin
    bundle ahead one.gtb
    go twin
    revoke 14 5
    bundle twin two.gtb
    pinned_home finder
    must "$GARITA" sync import one.gtb
    run sync import two.gtb
    bundle finder fork.gtb have.bin

    take lane second
    go second
    must "$GARITA" sync import tail.gtb
    must "$GARITA" sync have -o second.bin
    go ahead
    revoke 14 6
    bundle ahead gap.gtb second.bin
    for batch in 1 2 3 4 5 6; do
        seq $((batch * 3000)) 2 $((batch * 3000 + 2999)) >serials
        must "$GARITA" revoke --as cbp --serials-from serials --unregistered --now "$(o_clock 15)"
        must "$GARITA" revoke --as inm $batch --unregistered --now "$(o_clock 15)"
    done
    bundle ahead path.gtb have.bin
    bundle ahead whole.gtb

    go lane
    take lane torn
    take lane lost
    must "$1" "$work/home.torn" "UPDATE batch SET leaf = zeroblob(32) WHERE position = 0 AND
        log = (SELECT number FROM log WHERE id = @CBP)"
    must "$1" "$work/home.lost" "DELETE FROM batch WHERE position = 0 AND
        log = (SELECT number FROM log WHERE id = @CBP)"
    mv home.agency home.signer
    mv home.agency.state home.signer.state

    seq 100000 2 240000 >many.txt
    for i in 1 2 3; do
        printf '{"ref":"r%d",%s\n' $i "$(tr -d '\n' <claims.json | cut -c2-)"
    done >rows.ndjson
    cat card.txt other.txt third.txt >lines.txt
    rm -rf home.ahead* home.twin* home.second* home.finder* one.gtb two.gtb
}

# --- the agency's acts ---

signer_acts="issue batch certify revoke withdraw head export"

# do_ACT TRY: in the home at hand; what the second try writes bears another name.
do_issue() {
    act issue --as cbp claims.json -o "$place/made/$1.txt" --now "$(o_clock 16)" --json
}
do_batch() {
    act issue --as cbp --batch rows.ndjson --out-dir "$place/made" --format txt \
        --now "$(o_clock 16)" --json
}
do_certify() {
    act authority certify --as usa --subject inm.pub --name INM --country USA \
        --programmes sentri -o "$place/made/$1.auth" --now "$(o_clock 16)" --json
}
do_revoke() {
    act revoke --as cbp 1 --reason lost --now "$(o_clock 16)" --json
}
do_withdraw() {
    act revoke --as cbp 1 --serials-from many.txt --unregistered --now "$(o_clock 16)" --json
}
do_head() {
    act head --as cbp --now "$(o_clock 16)" --json
}
do_export() {
    act sync export -o "$place/made/$1.gtb" --json
}

begin_signer() {
    take signer act
    rm -rf "$place/made"
    mkdir "$place/made"
    go act
}

# What an act said that it did, if it came to saying so, is so before it is done again.
turn=0
signer_keeps() {
    acked_serial=$(value serial) acked_size=$(value size)
    acked=$(grep -v '"error"' "$seen/out" | head -c 1)
    for made in "$place"/made/*; do
        # What has its name is whole.
        case $made in
        *.gtb) tail -c 2 "$made" | od -An -tx1 | grep -q "00 00" || fail "$made is cut short" ;;
        *.txt | *.auth)
            run inspect --json "$made"
            expect_status 0
            ;;
        esac
    done
    rm -rf "$place/before"
    cp -a "$place/made" "$place/before"
    take lane probe
    # Every other time the act comes again at once: to export completes the counter too.
    [ $((turn % 2)) = 0 ] || return 0
    run doctor
    expect_status 0
    # What leaves the process now is not contradicted by what comes.
    rm -f "$place/between.gtb"
    run sync export -o "$place/between.gtb"
    expect_status 0
    go probe
    run sync import "$place/between.gtb" --json
    expect_status 0
    if [ -n "$acked_size" ]; then
        run status --json --now "$(o_clock 17)"
        size=$(grep '"name":"CBP"' "$seen/out" | sed 's/.*"size":\([0-9]*\).*/\1/')
        [ "$size" -ge "$acked_size" ] || fail "a head of $acked_size batches was signed; now $size"
    fi
    run scan --json --now "$(o_clock 17)" card.txt other.txt
    case $1$acked in
    revoke?* | withdraw?*) expect_reasons "revoked revoked" ;;
    *) [ "$(reasons)" = "ok revoked " ] || expect_reasons "revoked revoked" ;;
    esac
    go act
}

# After the act was done again: all there is, is in the world, once, and without a contradiction.
signer_ends() {
    for made in "$place"/before/*; do
        [ ! -e "$made" ] || cmp -s "$made" "$place/made/${made##*/}" || fail "$made has changed"
    done
    [ -z "$(find "$place/made" -name '.*' -type f)" ] || fail "left over: $(ls -A "$place/made")"
    case $1$acked_serial in
    issue?* | batch?*)
        run issue --as cbp --reprint "$acked_serial" -o "$place/reprint.txt"
        expect_status 0
        rm "$place/reprint.txt"
        ;;
    esac
    # The same refs give the same cards, and use no more serials.
    [ "$1" != batch ] || [ "$(ls "$place/made" | tr '\n' ' ')" = \
        "0000000004.txt 0000000005.txt 0000000006.txt " ] || fail "made: $(ls "$place/made")"
    run revoke --as cbp 1 --reason lost --now "$(o_clock 17)"
    expect_status 0
    run issue --as cbp claims.json -o "$place/made/last.txt" --now "$(o_clock 17)"
    expect_status 0
    run doctor
    expect_status 0
    rm -f "$place/after.gtb"
    run sync export -o "$place/after.gtb"
    expect_status 0
    go probe
    run sync import "$place/after.gtb"
    expect_status 0
    run audit
    expect_status 0
    run scan --json --now "$(o_clock 18)" card.txt other.txt third.txt "$place"/made/*.txt
    wanted=
    for made in "$place"/made/*.txt; do
        wanted="$wanted ok"
    done
    expect_reasons "revoked revoked ok$wanted"
    doubles=$(sed -n 's/.*"serial":\([0-9]*\),.*/\1/p' "$seen/out" | sort | uniq -d)
    [ -z "$doubles" ] || fail "given twice: serial $doubles"
}

# --- the checkpoint's acts ---

lane_acts="tail path fork several log rebuild repair"

do_tail() { act sync import tail.gtb --json --now "$(o_clock 17)"; }
do_path() { act sync import path.gtb --json --now "$(o_clock 17)"; }
do_fork() { act sync import fork.gtb --json --now "$(o_clock 17)"; }
do_several() { act sync import whole.gtb --json --now "$(o_clock 17)"; }
do_log() { act scan - --log --json --now "$(o_clock 17)" <lines.txt; }
do_rebuild() { act doctor --repair; }
do_repair() { act doctor --repair start.gtb; }

# Which home it begins in, and which bundle leads to all that is to be known.
home_of() {
    case $1 in
    several) echo empty ;;
    rebuild) echo torn ;;
    repair) echo lost ;;
    *) echo lane ;;
    esac
}
bundle_of() {
    case $1 in
    tail | path | fork) echo "$1.gtb" ;;
    *) echo whole.gtb ;;
    esac
}
# As what an act ends that nothing goes wrong in.
status_of() {
    case $1 in
    log) echo 1 ;;
    *) echo 0 ;;
    esac
}

begin_lane() {
    take "$(home_of "$1")" act
    go act
}

lane_keeps() {
    # A lane shows verdicts when they cannot be logged, and says how many there were.
    answered=$(grep -c '"verdict"' "$seen/out")
    unlogged=$(sed -n 's/.*"error":"not-logged","message":"\([0-9]*\) .*/\1/p' "$seen/out")
    told=$(grep -c '"name":"CBP"' "$seen/out")
    run doctor
    case $1 in
    rebuild | repair) [ "$status" = 1 ] || expect_status 0 ;;
    *) expect_status 0 ;;
    esac
    run scan --json --now "$(o_clock 17)" card.txt other.txt
    case $1$told in
    tail1 | path1 | fork1 | several1) expect_reasons "revoked revoked" ;;
    # Who knows nothing yet, or lost the batch that said it, refers.
    several0 | repair*) case $(reasons) in *" ok ") fail "a revoked one is accepted" ;; esac ;;
    *) case $(reasons) in *" revoked ") ;; *) fail "the verdicts are $(reasons)" ;; esac ;;
    esac
    if [ "$1" = log ]; then
        run log verify
        expect_status 0
        run log show --json
        logged=$(grep -c '"kind":"verdict"' "$seen/out")
        [ "$logged" -ge $((answered - ${unlogged:-0})) ] ||
            fail "$answered verdicts were shown, and $logged are in the log"
    fi
}

lane_ends() {
    if [ "$1" = log ]; then
        run log show --json
        [ "$(grep -c '"kind":"verdict"' "$seen/out")" -eq $((logged + 3)) ] ||
            fail "$logged verdicts were logged, and then 3"
        run log verify
        expect_status 0
    fi
    run sync import "$(bundle_of "$1")" --now "$(o_clock 17)"
    expect_status 0
    run doctor
    expect_status 0
    run scan --json --now "$(o_clock 18)" card.txt other.txt third.txt
    case $1 in
    fork) expect_reasons "revoked revoked issuer-equivocated" ;;
    *) expect_reasons "revoked revoked ok" ;;
    esac
}

# --- setting up ---

setup_acts="init key pin add"

do_init() { act init --country USA; }
do_key() { act key new one --no-passphrase; }
do_pin() { act trust add usa.auth --anchor; }
do_add() { act trust add cbp.auth inm.auth; }

# Each of them follows the one before.
begin_setup() {
    rm -rf "$place/home.act" "$place/home.act.state"
    go act
    for before in $setup_acts; do
        [ "$before" != "$1" ] || return
        "do_$before" 1
        expect_status 0
        [ "$before" != pin ] || must "$GARITA" trust add mex.auth --anchor
    done
}

setup_keeps() {
    if [ "${is_said:-0}" = 1 ]; then
        case $1 in
        init) run doctor ;;
        key) run key export one -o - ;;
        pin) run trust list && grep -q "USA anchor" "$seen/out" || status=66 ;;
        add) run trust list && grep -q CBP "$seen/out" || status=66 ;;
        esac
        expect_status 0
    fi
    # A key that is there is whole, and is not made twice.
    made_key=0
    [ "$1" != key ] || [ ! -e "$GARITA_HOME/keys/one.key" ] || made_key=73
    run doctor
    [ "$1$status" = init66 ] || expect_status 0
}

setup_ends() {
    expect_status $made_key
    [ "$1" != init ] || must "$GARITA" key new one --no-passphrase
    must "$GARITA" key export one -o "$place/one.pub"
    rm "$place/one.pub"
    [ -z "$(find "$GARITA_HOME/keys" -name '.*' -type f)" ] || fail "left over beside the keys"
    for anchor in usa mex; do
        run trust add $anchor.auth --anchor
        expect_status 0
    done
    run sync import whole.gtb --now "$(o_clock 17)"
    expect_status 0
    run authority anchor one --name One --country USA -o "$place/one.auth" --now "$(o_clock 17)"
    expect_status 0
    rm "$place/one.auth"
    run doctor
    expect_status 0
    run scan --json --now "$(o_clock 18)" card.txt other.txt third.txt
    expect_reasons "revoked revoked ok"
}

# --- all of them ---

# signer, lane or setup
kind_of() {
    for kind in signer lane setup; do
        eval "case \" \$${kind}_acts \" in *\" $1 \"*) echo $kind ;; esac"
    done
}
begin() { "begin_$(kind_of "$1")" "$1"; }
keeps() { "$(kind_of "$1")_keeps" "$1"; }
ends() {
    "do_$1" 2
    [ "$(kind_of "$1")" = setup ] || expect_status "$(status_of "$1")"
    "$(kind_of "$1")_ends" "$1"
}
