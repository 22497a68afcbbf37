#!/bin/sh
# Make sure that a Chromium and a Japanese font are there; on Debian install them.
set -eu

packages=""
found=""
for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable microsoft-edge; do
    if command -v "$name" >/dev/null 2>&1; then found=$name; break; fi
done
if [ -z "$found" ] && [ -z "$(ls -d "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium* 2>/dev/null || true)" ]; then
    packages="chromium-headless-shell"
fi
if ! command -v fc-list >/dev/null 2>&1 || [ -z "$(fc-list :lang=ja 2>/dev/null | head -n 1)" ]; then
    packages="$packages fontconfig fonts-noto-cjk"
fi
[ -z "$packages" ] && exit 0

run_as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then run_as_root="sudo"; else run_as_root="none"; fi
fi
if command -v apt-get >/dev/null 2>&1 && [ "$run_as_root" != none ]; then
    echo "ブラウザと日本語フォントを導入します / installing: $packages"
    export DEBIAN_FRONTEND=noninteractive
    $run_as_root apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    $run_as_root apt-get install -y -qq --no-install-recommends $packages >/dev/null
    exit 0
fi
echo "ブラウザまたは日本語フォントがありません。Debian では: sudo apt-get install$( [ "${packages# }" = "$packages" ] && printf ' ' )$packages　その他では: .venv/bin/playwright install chromium / a browser or a Japanese font is missing" >&2
exit 3
