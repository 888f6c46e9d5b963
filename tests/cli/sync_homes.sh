# sync_homes.sh: an agency's home and checkpoints', for the scripts about sync and audit. Each begins
# with
#   . "$(dirname "$0")/sync_homes.sh"

. "$(dirname "$0")/../cli/lib.sh"

# go NAME: what follows is of this home, with a state folder of its own.
go() {
    export GARITA_HOME="$work/home.$1" XDG_STATE_HOME="$work/home.$1.state"
}

# copy_home FROM TO: as somebody copies a machine's disk, so that neither knows of the other.
copy_home() {
    cp -a "$work/home.$1" "$work/home.$2"
    cp -a "$work/home.$1.state" "$work/home.$2.state"
}

# pinned_home NAME: a home that pins both anchors and knows nothing else.
pinned_home() {
    go "$1"
    must "$GARITA" init
    must "$GARITA" trust add usa.auth --anchor
    must "$GARITA" trust add mex.auth --anchor
}

# o_clock HOUR: a moment on the day of these tests.
o_clock() {
    echo "2027-06-01T$1:00:00Z"
}

# make_homes: home.agency, of make_world, which by noon issues cbp's card.txt (serial 1) and
# other.txt (serial 2), and home.lane, a checkpoint's.
make_homes() {
    go agency
    make_world
    must "$GARITA" issue --as cbp claims.json -o card.txt --now "$(o_clock 11)"
    must "$GARITA" issue --as cbp claims.json -o other.txt --now "$(o_clock 12)"
    pinned_home lane
}

# revoke HOUR SERIAL...: by cbp, of the home at hand.
revoke() {
    hour=$1
    shift
    must "$GARITA" revoke --as cbp "$@" --reason lost --unregistered --now "$(o_clock "$hour")"
}

# export FROM FILE [HAVE]
bundle() {
    go "$1"
    must "$GARITA" sync export -o "$2" ${3:+--for "$3"}
}

# import TO FILE ARGUMENT...
import() {
    go "$1"
    shift
    run sync import "$@"
}

# scan HOME CARD HOUR
scan() {
    go "$1"
    run scan "$2" --json --now "$(o_clock "$3")"
}

# cbp: the bundle's object about CBP, in expect_json.
cbp='all.find((a) => a.name === "CBP")'
