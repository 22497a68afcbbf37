#!/bin/sh
# Set up, start, check, run and stop each third-party product (docs/third-party.md).
# Never part of "make run" or "make test". Needs Debian with faketime; LemonLDAP::NG needs root.
#   scripts/third-party.sh [privacyidea|lemonldap]…
# Exit code: 0 when every product was run to the end, whatever it was judged (an 不合格 is
# what these products are for); 2 when one could not be set up or started, or died; else
# the code of the run (docs/exit-codes.md).
set -eu
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
server=

fail() {
  echo "third-party: $1" >&2
  exit 2
}

# The server leads a process group of its own: its workers end with it.
stop() {
  [ -n "$server" ] || return 0
  group=$server server=
  kill -s TERM -- "-$group" 2>/dev/null || return 0
  tries=0
  while kill -s 0 -- "-$group" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || { kill -s KILL -- "-$group" 2>/dev/null || true; break; }
    sleep 0.5
  done
  wait "$group" 2>/dev/null || true
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

# answers URL: somebody listens there
answers() {
  "$bin/python" - "$1" <<'PYTHON'
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], timeout=20).close()
except urllib.error.HTTPError:
    pass  # an answer all the same
except OSError:
    sys.exit(1)
PYTHON
}

one() {
  product=$1
  declaration=fixtures/declarations/third-party/$product.toml
  state=third_party/.state/$product
  url=$(sed -n 's/^base_url = "\(.*\)"$/\1/p' "$declaration")
  "third_party/$product/setup.sh" || fail "$product could not be set up (see above)"
  answers "$url" && fail "$url is in use already: end that server first"
  setsid "third_party/$product/serve.sh" & server=$!
  tries=0
  until answers "$url"; do
    tries=$((tries + 1))
    kill -0 "$server" 2>/dev/null || fail "$product did not start; see $state/server.log"
    [ "$tries" -lt 120 ] || fail "$product does not answer; see $state/server.log"
    sleep 1
  done
  code=0
  "$bin/otp-conformance" check -d "$declaration" > "$state/check.log" 2>&1 || code=$?
  # 3: what a read-only look cannot tell.
  case $code in
    0 | 3) ;;
    *) cat "$state/check.log" >&2; fail "check ended with $code: the declaration does not fit" ;;
  esac
  code=0
  "$bin/otp-conformance" run -d "$declaration" \
    --yes --partial --reports "reports/third-party/$product" || code=$?
  kill -0 "$server" 2>/dev/null || fail "$product died during the run; see $state/server.log"
  stop
  case $code in
    0 | 1 | 3) ;;
    *) exit "$code" ;;
  esac
}

[ -x "$bin/otp-conformance" ] || fail "$bin/otp-conformance is missing: make install, or BIN=…"
[ "$#" -gt 0 ] || set -- privacyidea lemonldap
for product; do
  [ -x "third_party/$product/setup.sh" ] \
    || fail "no product \"$product\"; there are: privacyidea lemonldap"
done
for product; do
  one "$product"
done
