#!/bin/sh
# Install privacyIDEA from PyPI and make an instance that behaves like a bank's login.
# Again from the beginning: remove third_party/.state/privacyidea first.
set -eu
. "$(dirname "$0")/environment.sh"
. "$here/../faketime.sh"
if [ -f "$PI_HOME/seeded" ]; then
  echo "privacyIDEA: set up already; to begin anew, remove $PI_HOME"
  exit 0
fi
if [ -e "$PI_HOME/privacyidea.sqlite" ]; then
  echo "privacyIDEA: an earlier set-up was cut off; remove $PI_HOME and try again" >&2
  exit 2
fi
faketime_library libfaketimeMT.so.1 > /dev/null  # what the server will need
umask 077
mkdir -p "$PI_HOME"
if [ ! -x "$PI_VENV/bin/pi-manage" ]; then
  python3 -c 'import venv, ensurepip' 2>/dev/null \
    || { echo "cannot create a venv; on Debian: apt-get install python3-venv" >&2; exit 2; }
  python3 -m venv "$PI_VENV"
  "$PI_VENV/bin/pip" install --quiet --disable-pip-version-check "privacyidea==3.14"
fi
for name in secret_key pepper admin_password; do
  [ -f "$PI_HOME/$name" ] || python3 -c 'import secrets; print(secrets.token_urlsafe(32))' > "$PI_HOME/$name"
done
manage="$PI_VENV/bin/pi-manage"
"$manage" setup create_enckey
"$manage" setup create_audit_keys
"$manage" setup create_tables
"$manage" admin add admin -p "$(cat "$PI_HOME/admin_password")"
"$manage" config resolver create_internal customers
"$manage" config realm create bank customers
# The staff's key: what the suite's staff adapter sends as Authorization.
"$manage" api createtoken --role admin --days 7300 --username desk 2>/dev/null \
  | sed -n 's/^Auth-Token: *//p' > "$PI_HOME/staff_authorization"
[ -s "$PI_HOME/staff_authorization" ] || { echo "privacyIDEA gave no API key" >&2; exit 2; }
"$here/serve.sh" & server=$!
# Waited for: the port must be free again when this script has ended.
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
"$PI_VENV/bin/python" "$here/seed.py"
touch "$PI_HOME/seeded"
