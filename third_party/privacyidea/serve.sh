#!/bin/sh
# Start privacyIDEA on loopback, its clock moved by libfaketime's offset file.
set -eu
. "$(dirname "$0")/environment.sh"
. "$here/../faketime.sh"
library=$(faketime_library libfaketimeMT.so.1)
[ -f "$PI_HOME/faketime.offset" ] || echo "+0" > "$PI_HOME/faketime.offset"
echo "privacyIDEA: http://127.0.0.1:$PI_PORT"
exec env LD_PRELOAD="$library" FAKETIME_NO_CACHE=1 \
  FAKETIME_TIMESTAMP_FILE="$PI_HOME/faketime.offset" \
  "$PI_VENV/bin/pi-manage" run --host 127.0.0.1 --port "$PI_PORT" >> "$PI_HOME/server.log" 2>&1
