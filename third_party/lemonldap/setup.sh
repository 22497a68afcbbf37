#!/bin/sh
# Install LemonLDAP::NG from Debian and make an instance of its portal with one-time passwords.
# Needs root for apt and /etc/hosts. Again from the beginning: remove third_party/.state/lemonldap.
set -eu
. "$(dirname "$0")/environment.sh"
if [ -f "$LLNG_HOME/seeded" ]; then
  echo "LemonLDAP::NG: set up already; to begin anew, remove $LLNG_HOME"
  exit 0
fi
# The Perl modules are what the product only suggests, for TOTP and for SQLite.
packages="lemonldap-ng libdbd-sqlite3-perl libdigest-hmac-perl libconvert-base32-perl
  libcrypt-urandom-perl starman faketime"
must_be_root() {
  [ "$(id -u)" -eq 0 ] || { echo "LemonLDAP::NG: $1 needs root" >&2; exit 2; }
}
command -v dpkg > /dev/null && command -v apt-get > /dev/null \
  || { echo "LemonLDAP::NG: Debian is needed (its packages are installed)" >&2; exit 2; }
# shellcheck disable=SC2086 - a list of words
if ! dpkg -s $packages > /dev/null 2>&1; then
  must_be_root "installing Debian's packages ($(echo $packages))"
  apt-get install --yes --quiet $packages
fi
# As the product's own guide says: its host names lead to this machine.
if ! grep -q 'auth\.example\.com' /etc/hosts; then
  must_be_root "adding the product's host names to /etc/hosts"
  cat /etc/lemonldap-ng/for_etc_hosts >> /etc/hosts
fi
umask 077
mkdir -p "$LLNG_HOME/conf" "$LLNG_HOME/cache" "$LLNG_HOME/sessions/lock" "$LLNG_HOME/psessions/lock"
python3 "$here/configure.py"
perl "$here/tokens.pl" < "$LLNG_HOME/tokens.tsv"
touch "$LLNG_HOME/seeded"
