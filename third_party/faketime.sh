# Sourced by the other scripts.
# faketime_library NAME: print where Debian's package keeps a library of libfaketime.
faketime_library() {
  find /usr/lib /usr/local/lib -name "$1" -path '*faketime*' 2>/dev/null | head -n 1 | grep . || {
    echo "libfaketime is missing; on Debian: apt-get install faketime" >&2
    return 2
  }
}
