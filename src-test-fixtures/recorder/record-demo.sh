#!/bin/bash
# Records captures/demo from binaries/demo. To be run again whenever build.sh has changed that binary's build-id.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fixtures=$(dirname "$here")
home=/srv/shop
[ ! -e "$home" ] || { echo "record-demo: $home is in the way" >&2; exit 73; }
mkdir -p "$home"
trap 'rm -rf "$home"' EXIT

cp "$fixtures/binaries/demo" "$home/demo"
"$home/demo" 4 > /dev/null &
pid=$!
sleep 0.5
rm -rf "$fixtures/captures/demo"
"$here/record" "$pid" 2 79 "$fixtures/captures/demo"
wait "$pid"
