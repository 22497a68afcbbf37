#!/bin/sh
# Install privacyIDEA from PyPI and make an instance that behaves like a bank's login.
# Again from the beginning: remove third_party/.state/privacyidea first.
set -eu
. "$(dirname "$0")/environment.sh"
umask 077
mkdir -p "$PI_HOME"
if [ ! -x "$PI_VENV/bin/pi-manage" ]; then
  python3 -m venv "$PI_VENV"
  "$PI_VENV/bin/pip" install --quiet --disable-pip-version-check "privacyidea==3.14"
fi
for name in secret_key pepper admin_password; do
  [ -f "$PI_HOME/$name" ] || python3 -c 'import secrets; print(secrets.token_urlsafe(32))' > "$PI_HOME/$name"
done
manage="$PI_VENV/bin/pi-manage"
if [ ! -f "$PI_HOME/seeded" ]; then
  [ -f "$PI_HOME/enckey" ] || "$manage" setup create_enckey
  [ -f "$PI_HOME/private.pem" ] || "$manage" setup create_audit_keys
  "$manage" setup create_tables
  "$manage" admin add admin -p "$(cat "$PI_HOME/admin_password")"
  "$manage" config resolver create_internal customers
  "$manage" config realm create bank customers
  # The staff's key: what the suite's staff adapter sends as Authorization.
  "$manage" api createtoken --role admin --days 7300 --username desk 2>/dev/null \
    | sed -n 's/^Auth-Token: *//p' > "$PI_HOME/staff_authorization"
fi
rm -f "$PI_HOME/faketime.offset"
"$here/serve.sh" & server=$!
trap 'kill "$server"' EXIT
"$PI_VENV/bin/python" "$here/seed.py"
touch "$PI_HOME/seeded"
