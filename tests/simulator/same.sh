#!/bin/sh
# same.sh SIM: one seed gives one trace, twice in a process and again in another, where every address is
# another; and another seed gives another.
set -eu
sim=$1
"$sim" --same 3 --nodes 12 >one.txt
"$sim" --same 3 --nodes 12 >two.txt
"$sim" --same 4 --nodes 12 >other.txt
cat one.txt
cmp one.txt two.txt
if [ "$(sed 's/^seed [0-9]*//' one.txt)" = "$(sed 's/^seed [0-9]*//' other.txt)" ]; then
    echo "two seeds, one trace" >&2
    exit 1
fi
