#!/bin/sh
# Start LemonLDAP::NG's portal on loopback, its clock moved by libfaketime's offset file.
set -eu
. "$(dirname "$0")/environment.sh"
. "$here/../faketime.sh"
library=$(faketime_library libfaketime.so.1)
[ -f "$LLNG_HOME/faketime.offset" ] || echo "+0" > "$LLNG_HOME/faketime.offset"
echo "LemonLDAP::NG: http://auth.example.com:$LLNG_PORT/"
exec env LD_PRELOAD="$library" FAKETIME_NO_CACHE=1 \
  FAKETIME_TIMESTAMP_FILE="$LLNG_HOME/faketime.offset" \
  plackup --server Starman --workers 4 --host 127.0.0.1 --port "$LLNG_PORT" --env production "$here/portal.psgi" \
  >> "$LLNG_HOME/server.log" 2>&1
