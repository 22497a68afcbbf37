# Sourced by the other scripts: where the product keeps this instance's data.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
LLNG_HOME=${LLNG_HOME:-$root/third_party/.state/lemonldap}
LLNG_PORT=${LLNG_PORT:-5602}
LLNG_POOL=${LLNG_POOL:-$root/fixtures/declarations/third-party/lemonldap-pool.toml}
LLNG_DEFAULTCONFFILE=$LLNG_HOME/lemonldap-ng.ini
LLNG_DEFAULTLOGGER=Lemonldap::NG::Common::Logger::Std
export LLNG_HOME LLNG_PORT LLNG_POOL LLNG_DEFAULTCONFFILE LLNG_DEFAULTLOGGER
