# Sourced by the other scripts: where the product is, and where it keeps its data.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
PI_HOME=${PI_HOME:-$root/third_party/.state/privacyidea}
PI_VENV=${PI_VENV:-$PI_HOME/venv}
PI_PORT=${PI_PORT:-5601}
PI_POOL=${PI_POOL:-$root/fixtures/declarations/third-party/privacyidea-pool.toml}
PRIVACYIDEA_CONFIGFILE=$here/pi.cfg
export PI_HOME PI_PORT PI_POOL PRIVACYIDEA_CONFIGFILE
