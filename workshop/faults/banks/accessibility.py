"""Screens that some people cannot use: a label, a mark, a style or a key handler changed each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from reference_impl.domain.words import Refusal, Refused
from reference_impl.web import visitor as door
from workshop.faults.answers import Change, edit, serve_changed
from workshop.faults.swap import fault, wrap

_BASE, _MACROS = "face/base.html", "face/macros.html"
_ALERT = '<div class="alert" role="alert" id="alert" tabindex="-1" autofocus>'
_TELLS = "{% if bad %}alert{% if hint %} {% endif %}{% endif %}"
_HINT = '  {% if hint %}<p class="hint" id="{{ name }}-hint">{{ hint }}</p>{% endif %}\n'
_DESCRIBED = (
    '    {%- if hint or bad %} aria-describedby="{% if bad %}alert{% if hint %} {% endif %}'
    '{% endif %}{% if hint %}{{ name }}-hint{% endif %}"{% endif %}\n'
)
_VALUE = '    {%- if type != "password" and value %} value="{{ value }}"{% endif %}>\n'
_MARK = '<span class="required">必須</span>'

#: Templates with something changed in their source.
EDITS: dict[str, tuple[str, *tuple[Change, ...]]] = {
    "inputs-without-names": (
        _MACROS,
        ('<label for="{{ name }}">', "<span>"),
        ("{{ label }}</label>", "{{ label }}</span>"),
    ),
    "required-by-picture": (
        _MACROS,
        (_MARK, '<img src="{{ asset(\'mark.svg\') }}&amp;required" alt="" width="16">'),
        ("{%- if required %} required{% endif %}", ""),
    ),
    "hint-after-the-input": (
        _MACROS,
        (_HINT, ""),
        (_DESCRIBED, ""),
        (_VALUE, _VALUE + _HINT),
    ),
    "refusal-by-colour": (_BASE, ("{% if alerts %}", "{% if false %}")),
    "language-english": (_BASE, ('<html lang="ja">', '<html lang="en">')),
    "language-untold": (_BASE, ('<html lang="ja">', "<html>")),
    "one-title-for-all": (
        _BASE,
        ("<title>{{ title }}｜{{ site.name }}</title>", "<title>{{ site.name }}</title>"),
    ),
    "choices-sound-alike": (
        "web/issue_choose.html",
        ('"primary", "kind-" ~ kind', '"primary"'),
    ),
    "password-purpose-off": (
        "web/login.html",
        ('autocomplete="current-password"', 'autocomplete="off"'),
    ),
    "serial-as-a-quantity": (
        "web/activate.html",
        ('inputmode="numeric", value=serial', 'type="number", value=serial'),
    ),
    "otp-as-a-quantity": (
        "web/login_otp.html",
        ('inputmode="numeric"', 'type="number"'),
    ),
    "confirmation-by-clicks-only": (
        _MACROS,
        (
            "{%- if required %} required{% endif %}",
            "{%- if name == 'confirmation' %} readonly{% endif %}",
        ),
    ),
    "notes-headed-by-looks": (
        "web/portal.html",
        ("<h2>注意事項</h2>", '<p class="case">注意事項</p>'),
    ),
    "serial-forgotten": ("web/activate.html", ("value=serial", 'value=""')),
    "logo-without-text": (_BASE, ('alt="" width', "width")),
    "zoom-prevented": (_BASE, ("initial-scale=1", "initial-scale=1, user-scalable=no")),
    "back-by-mouse-only": (
        _MACROS,
        (
            '<button class="button {{ style }}"{% if describedby %}',
            '<button tabindex="-1" class="button {{ style }}"{% if describedby %}',
        ),
    ),
    "buttons-of-signs": (
        "web/inside.html",
        (">ログアウト</button>", '><span aria-hidden="true">ログアウト</span></button>'),
    ),
    "news-that-never-rests": (
        _BASE,
        ("<p>この銀行は試験と", "<marquee>お知らせ</marquee>\n    <p>この銀行は試験と"),
    ),
    "links-in-no-list": (
        _BASE,
        ('<a class="skip" href="#main">本文へ移動</a>', '<ul><a href="#main">本文へ移動</a></ul>'),
    ),
}

#: Style sheet and scripts with something changed in them.
ASSETS: dict[str, tuple[str, *tuple[Change, ...]]] = {
    "keys-too-small": (
        "bank.css",
        ("min-width: 24px; min-height: 46px;", "min-width: 12px; max-width: 16px; height: 14px;"),
    ),
    "wider-than-a-phone": (
        "bank.css",
        (".wrap { width: 100%; max-width: 60rem;", ".wrap { width: 60rem;"),
    ),
    "hints-too-pale": ("bank.css", ("--muted: #4a5a62;", "--muted: #a9b4b8;")),
    "focus-unseen": (
        "bank.css",
        (
            ":focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }",
            ":focus-visible { outline: none; }",
        ),
    ),
    "keyboard-keys-for-the-mouse": (
        "keyboard.js",
        ('document.createElement("button")', 'document.createElement("span")'),
        ("key.className = className;", 'key.className = className; key.style.cursor = "pointer";'),
    ),
    "keyboard-opened-by-mouse": (
        "keyboard.js",
        (
            'opener.addEventListener("click", () => {',
            'opener.addEventListener("click", (event) => { if (event.detail === 0) return;',
        ),
    ),
    "keyboard-holds-the-focus": (
        "keyboard.js",
        (
            'place.addEventListener("keydown", (event) => {',
            (
                'place.addEventListener("keydown", (event) => { if (event.key === "Tab" && '
                "!board.hidden) { event.preventDefault(); "
                'const all = [...board.querySelectorAll("button")]; '
                "all[(all.indexOf(document.activeElement) + 1) % all.length].focus(); } "
                'if (event.key === "Escape") return;'
            ),
        ),
    ),
    "pasting-prevented": (
        "forms.js",
        (
            '"use strict";',
            '"use strict";\ndocument.addEventListener("paste", (event) => event.preventDefault());',
        ),
    ),
}


@fault("stage-by-looks")
def stage_by_looks() -> None:
    """The current stage of a procedure is painted, and told by nothing else."""
    edit(_MACROS, (' aria-current="step"', ' class="now"'))
    serve_changed("bank.css", (".progress [aria-current]", ".progress .now"))


@fault("refusal-out-of-sight")
def refusal_out_of_sight() -> None:
    """A refusal is told in plain text, tied to nothing, and the focus stays where it was."""
    edit(_BASE, (_ALERT, '<div class="alert" id="alert">'))
    edit(_MACROS, (_TELLS, ""))


@fault("blanks-unexplained")
def blanks_unexplained() -> None:
    """A code with blanks around it is refused like a wrong one."""

    def told(original: Any, refused: Refused | None) -> Any:
        if refused is not None and refused.reason is Refusal.OTP_FORMAT:
            refused = replace(refused, reason=Refusal.OTP_REFUSED)
        return original(refused)

    wrap(door.told, told)


@fault("deactivation-unwarned")
def deactivation_unwarned() -> None:
    """Nothing is said, and nothing asked, before a deactivation that is for good."""
    edit(
        "web/deactivate.html",
        ('<section class="panel panel-warn">', "{% if false %}<section>"),
        ("  </ul>\n</section>\n<form", "  </ul>\n</section>{% endif %}\n<form"),
    )


for _name, (_template, *_changes) in EDITS.items():
    fault(_name)(partial(edit, _template, *_changes))
for _name, (_file, *_changes) in ASSETS.items():
    fault(_name)(partial(serve_changed, _file, *_changes))
