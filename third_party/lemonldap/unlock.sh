#!/bin/sh
# Staff lift a suspension: the product's command line forgets the customer's failed logins.
#   unlock.sh LOGIN_ID CIRCUMSTANCES
set -eu
. "$(dirname "$0")/environment.sh"
echo "unlock $1: $2" >> "$LLNG_HOME/desk.log"
exec /usr/share/lemonldap-ng/bin/lemonldap-ng-sessions \
  --user "$(id -un)" --group "$(id -gn)" --persistent delKey "$1" _loginHistory
