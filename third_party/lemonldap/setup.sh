#!/bin/sh
# Install LemonLDAP::NG from Debian and make an instance of its portal with one-time passwords.
# Needs root for apt and /etc/hosts. Again from the beginning: remove third_party/.state/lemonldap.
set -eu
. "$(dirname "$0")/environment.sh"
# The Perl modules are what the product only suggests, for TOTP and for SQLite.
packages="lemonldap-ng libdbd-sqlite3-perl libdigest-hmac-perl libconvert-base32-perl
  libcrypt-urandom-perl starman faketime"
# shellcheck disable=SC2086 - a list of words
dpkg -s $packages >/dev/null 2>&1 || apt-get install --yes --quiet $packages
# As the product's own guide says: its host names lead to this machine.
grep -q 'auth\.example\.com' /etc/hosts || cat /etc/lemonldap-ng/for_etc_hosts >> /etc/hosts
umask 077
mkdir -p "$LLNG_HOME/conf" "$LLNG_HOME/cache" "$LLNG_HOME/sessions/lock" "$LLNG_HOME/psessions/lock"
python3 "$here/configure.py"
perl "$here/tokens.pl" < "$LLNG_HOME/tokens.tsv"
