#!/bin/sh
# Set up, start, check and stop each third-party product (docs/third-party.md).
# Never part of "make run" or "make test". LemonLDAP::NG needs Debian and root.
#   scripts/third-party.sh [privacyidea|lemonldap]…
set -eu
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
worst=0
for product in ${*:-privacyidea lemonldap}; do
  "third_party/$product/setup.sh"
  "third_party/$product/serve.sh" & server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT INT TERM
  tries=0
  until "$bin/otp-conformance" check -d "fixtures/declarations/third-party/$product.toml" \
      > "third_party/.state/$product/check.log" 2>&1 || [ $? -eq 3 ] || [ "$tries" -ge 12 ]; do
    tries=$((tries + 1))
    sleep 5
  done
  code=0
  "$bin/otp-conformance" run -d "fixtures/declarations/third-party/$product.toml" \
    --yes --partial --reports "reports/third-party/$product" || code=$?
  # 1 is what these products are for: they do not meet every requirement.
  [ "$code" -le 1 ] || [ "$code" -eq 3 ] || worst=$code
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
done
exit "$worst"
