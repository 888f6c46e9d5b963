#!/bin/sh
# disk_fills.sh DAMAGE POINTS ACT...: every act of faults.sh on a real disk that has room for ever more
# of it, from nothing on: in all its steps, or in POINTS of them, evenly spread. It is done or it is
# refused, and while there is no room whoever is revoked is never accepted. When there is room again:
# as in at_calls.sh.

# Needs a disk of its own, which only root can mount: directly, or in a namespace of its own.
if [ "${IN_NAMESPACE:-}" != 1 ]; then
    mkdir -p probe
    if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1m none probe 2>/dev/null; then
        umount probe
    elif unshare -rm true 2>/dev/null; then
        export IN_NAMESPACE=1
        exec unshare -rm "$0" "$@"
    else
        echo "skip: no right to mount a small disk here"
        exit 77
    fi
fi
. "$(dirname "$0")/faults.sh"
mkdir disk
mount -t tmpfs -o size=4m none disk || {
    echo "skip: no right to mount a small disk here"
    exit 77
}
trap 'cd / && umount -l "$work/disk"; rm -rf "$work"' EXIT

make_scene "$1"
points=$2
shift 2
place=$work/disk
page=4 # KiB, by which such a disk is given out

# with_room KIB ACT: the act, with that much room left on the disk.
with_room() {
    begin "$2"
    free=$(($(stat -f -c %f disk) * page - $1))
    fallocate -l ${free}K disk/fill || fail "the disk is too small for this"
    broken="$2 with $1 KiB free"
    "do_$2" 1
}

for name; do
    # What it needs at most.
    low=0 high=2048
    while [ $((high - low)) -gt $page ]; do
        middle=$(((low + high) / 2 / page * page))
        with_room $middle "$name"
        if [ "$status" = "$(status_of "$name")" ]; then
            high=$middle
        else
            low=$middle
        fi
        rm disk/fill
    done

    steps=$((high / page))
    [ "$points" -gt 0 ] && [ "$points" -lt "$steps" ] && tries=$points || tries=$steps
    i=0
    refused=0
    while [ $i -le $tries ]; do
        turn=$i
        with_room $((i * steps / tries * page)) "$name"
        case $status in
        74) refused=$((refused + 1)) ;;
        *) expect_status "$(status_of "$name")" ;;
        esac
        cp "$seen/out" "$seen/of_act"
        run scan --json --now "$(o_clock 17)" other.txt
        case $name in
        several | repair | init | key | pin | add) expect_out_lacks '"accept"' ;;
        *) expect_reasons "revoked" ;;
        esac
        rm disk/fill
        cp "$seen/of_act" "$seen/out"
        keeps "$name"
        ends "$name"
        i=$((i + 1))
    done
    [ $refused -gt 0 ] || fail "no disk was too small"
    echo "$name: with room for 0 to $high KiB, $i times, of which $refused were refused"
    broken=
done
