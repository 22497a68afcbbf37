#!/bin/sh
# Make sure that a Chromium and, on Linux, a Japanese font are there.
# With apt and root rights they come from the distribution; elsewhere the
# browser is the one that Playwright downloads for this user.
set -eu
bin=${VENV_BIN:-.venv/bin}

has() { command -v "$1" >/dev/null 2>&1; }

has_browser() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable microsoft-edge; do
        has "$name" && return 0
    done
    for place in \
        "${PLAYWRIGHT_BROWSERS_PATH:-}" "${HOME:-}/.cache/ms-playwright" "${HOME:-}/Library/Caches/ms-playwright"
    do
        [ -n "$place" ] && ls -d "$place"/chromium* >/dev/null 2>&1 && return 0
    done
    [ -d "/Applications/Google Chrome.app" ]
}

has_font() {
    [ "$(uname)" != Linux ] || { has fc-list && [ -n "$(fc-list :lang=ja 2>/dev/null | head -n 1)" ]; }
}

# Playwright's own Node needs a library that a minimal Debian lacks.
has_driver() { "$bin/playwright" --version >/dev/null 2>&1; }

# Run something as root; fails where that would need a password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_apt() {
    has apt-get && { [ "$(id -u)" -eq 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }
}

browser=yes; has_browser || browser=no
font=yes; has_font || font=no
driver=yes; has_driver || driver=no
[ "$browser$font$driver" = yesyesyes ] && exit 0

if can_apt; then
    as_root apt-get update -qq
    packages=""
    # Ubuntu has no such package: the browser then comes from Playwright below.
    if [ "$browser" = no ] && [ -n "$(apt-cache --names-only search '^chromium-headless-shell$')" ]; then
        packages="chromium-headless-shell"
    fi
    [ "$font" = yes ] || packages="$packages fontconfig fonts-noto-cjk"
    [ "$driver" = yes ] || packages="$packages libatomic1"
    if [ -n "$packages" ]; then
        echo "ブラウザーに必要なものを導入します / installing: $packages"
        # shellcheck disable=SC2086 # a list of packages
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends $packages >/dev/null
    fi
    ! has_browser || browser=yes
    ! has_font || font=yes
    ! has_driver || driver=yes
fi
if [ "$driver" = no ]; then
    echo "Playwright が動きません。Debian では: sudo apt-get install libatomic1 / Playwright does not start; on Debian it needs libatomic1" >&2
    exit 3
fi
if [ "$browser" = no ]; then
    echo "ブラウザーを Playwright から導入します / installing Playwright's own browser"
    "$bin/playwright" install chromium-headless-shell || {
        echo "ブラウザーがありません。Debian では: sudo apt-get install chromium-headless-shell　その他では: $bin/playwright install chromium-headless-shell / a browser is missing" >&2
        exit 3
    }
fi
if [ "$font" = no ]; then
    echo "日本語フォントがありません。実行はできますが、画面の写しの日本語が読めません。Debian では: sudo apt-get install fonts-noto-cjk / a Japanese font is missing: pictures of screens will not be readable" >&2
fi
