"""The reference bank in HTML as it is met at real sites: one entry a variant.

A customer can work at every one, unless ``explained`` says otherwise. Each keeps to
the manual, so that ``check`` agrees in the end and the login's scenarios pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from workshop.pages import buttons, captions, fields, forms, postback, texts, told, whole
from workshop.pages.markup import Page, captioned, otp_field, parse, submits
from workshop.pages.whole import Change
from workshop.variants.wsgi import Application, Around


@dataclass(frozen=True)
class Variant:
    """A bank: what is put around the reference bank, and what its vendor declares.

    ``explained``: what must be told where not all passes (a pattern), empty where all
    must; ``never``: what must not be told then. ``advised``: whether the declaration
    must be put right first, as ``check`` says.
    """

    around: Around
    declared: Mapping[str, object] = field(default_factory=dict)
    explained: str = ""
    never: str = "負荷|メモリ"
    advised: bool = False


def changing(*changes: Change, codec: str = "utf-8", content_type: str = "") -> Around:
    """Change each page in place, one way after the other."""

    def change(html: str) -> str:
        page = parse(html)
        if page.head is not None and page.body is not None:
            for each in changes:
                each(page)
        return str(page)

    return told.telling(change, codec=codec, content_type=content_type)


def all_captions(way: str) -> Change:
    """Tell all captions in one way."""
    return lambda page: [captions.caption(block, way) for block in captioned(page)]


def all_fields(way: str) -> Change:
    """Let all fields be odd in one way."""
    return lambda page: [fields.FIELDS[way](page, block.find("input")) for block in captioned(page)]


def all_buttons(way: str) -> Change:
    """Tell all buttons in one way."""
    return lambda page: [buttons.button(page, each, way) for each in list(submits(page))]


def all_links(way: str) -> Change:
    """Tell all links of the menus in one way."""
    return lambda page: [buttons.link(each, way) for each in buttons.menu_links(page)]


def all_titles(way: str, windows: str = "the-banks") -> Change:
    """Tell all titles in one way; ``windows``: the titles of the windows."""

    def change(page: Page) -> None:
        texts.title(page, way)
        texts.window_title(page, windows)

    return change


def all_facts(way: str) -> Change:
    """Tell all captioned values in one way."""
    return lambda page: [texts.facts(each, way) for each in page.select("dl.facts")]


def all_steps(way: str) -> Change:
    """Tell the steps of all procedures in one way."""
    return lambda page: [texts.steps(each, way) for each in page.select("ol.progress")]


def all_refusals(way: str) -> Change:
    """Tell all refusals in one way."""
    return lambda page: texts.refusal(page, way)


def _eight_boxes(page: Page) -> None:
    entry = otp_field(page)
    if entry is not None:
        fields.boxes_sent(page, entry, 8)


def _client(way: str, *changes: Change) -> Around:
    def around(inner: Application) -> Application:
        return told.single_page(way)(changing(*changes)(inner))

    return around


def _around(outer: Around) -> Around:
    return lambda inner: outer(changing()(inner))


_ONE_CHARACTER = r"1 ?文字|一文字"
_NO_BUTTON = "ボタンやリンクではあり|ボタンでもリンクでも|支援"
_NEW_WINDOW = "ウィンドウ|ウインドウ|別の窓"

#: The tables of the collection of cases, under its names.
LISTED: Mapping[str, Variant] = {
    # Fields
    "table-labels": Variant(changing(all_captions("th"))),
    "placeholder-only": Variant(changing(all_captions("placeholder"))),
    "readonly-until-focus": Variant(changing(all_fields("readonly-until-focus"))),
    "offscreen-decoy": Variant(changing(all_fields("decoy-outside"))),
    "six-boxes": Variant(
        changing(all_fields("boxes-joined")), explained=_ONE_CHARACTER, never="トークンの種"
    ),
    # Buttons and links
    "header-login-link": Variant(changing(whole.links_on_top)),
    "js-links": Variant(changing(all_buttons("javascript-link"))),
    "onclick-no-href": Variant(changing(all_buttons("a-onclick")), explained=_NO_BUTTON),
    "delayed-submit": Variant(changing(all_buttons("sent-later"))),
    "cookie-banner": Variant(changing(whole.banner), explained="クッキーについて"),
    # Titles
    "title-font-table": Variant(changing(all_titles("td"), whole.headings_as_cells), advised=True),
    "heading-ruby": Variant(changing(all_titles("ruby", "as-it-is"))),
    # Windows, frames, time
    "popup-after-login": Variant(changing(whole.window_by_script), explained=_NEW_WINDOW),
    "frameset": Variant(_around(told.frames("main")), {"sut.frame": "main"}),
    "late-render": Variant(changing(whole.late)),
    "meta-refresh": Variant(_around(told.waiting)),
    # Must stay as they are
    "same": Variant(changing()),
    "sjis": Variant(changing(codec="cp932", content_type="text/html; charset=Shift_JIS")),
    "sjis-meta-only": Variant(
        changing(lambda page: _meta(page, "Shift_JIS"), codec="cp932", content_type="text/html")
    ),
    "eucjp": Variant(changing(codec="euc_jp", content_type="text/html; charset=EUC-JP")),
    "hidden-mobile-twin": Variant(changing(whole.hidden_twin)),
    "shadow-fields": Variant(changing(whole.in_a_shadow_root)),
    "label-ruby": Variant(changing(all_captions("label-ruby"))),
    "heading-br": Variant(changing(all_titles("broken", "as-it-is"))),
    "halfwidth-kana": Variant(changing(whole.halfwidth_kana)),
    "image-buttons": Variant(changing(all_buttons("input-image"))),
    "spaced-submit": Variant(changing(all_buttons("input-spaced"))),
    "otp-number": Variant(changing(all_fields("number"))),
    "confirm-dialog": Variant(changing(whole.confirming)),
    "onload-alert": Variant(changing(whole.greeting_alert)),
    "beforeunload": Variant(changing(whole.asking_to_stay)),
    "overlay-spinner": Variant(changing(whole.veil)),
    "clock-ticking": Variant(changing(whole.ticking)),
    "keepalive-fetch": Variant(changing(whole.keeping_alive)),
}


def _meta(page: Page, charset: str) -> None:
    page.find("meta", charset=True)["charset"] = charset


def _every(
    ways: Iterable[str],
    kind: str,
    tell: Callable[[str], Change],
    besides: str = "",
    *,
    advised: bool = False,
) -> dict[str, Variant]:
    return {
        f"{kind}-{way}": Variant(changing(tell(way)), advised=advised)
        for way in ways
        if way not in {"as-it-is", *besides.split()}
    }


#: What nobody listed and real banks have.
UNLISTED: Mapping[str, Variant] = {
    **_every(captions.CAPTIONS, "caption", all_captions, "th placeholder label-ruby label"),
    "caption-columns": Variant(changing(captions.in_columns)),
    **_every(
        fields.FIELDS, "field", all_fields, "readonly-until-focus decoy-outside boxes-joined number"
    ),
    "field-eight-boxes": Variant(changing(_eight_boxes)),
    **_every(
        buttons.BUTTONS,
        "button",
        all_buttons,
        "input-image input-spaced javascript-link a-onclick sent-later",
    ),
    "button-equal": Variant(changing(buttons.equal_but_for_a_name)),
    **_every(buttons.LINKS, "link", all_links),
    **_every(texts.TITLES, "title", all_titles, "ruby broken", advised=True),
    **_every(texts.FACTS, "facts", all_facts),
    **_every(texts.STEPS, "steps", all_steps),
    **_every(texts.REFUSALS, "refusal", all_refusals),
    **{
        f"form-{change.__name__.replace('_', '-')}": Variant(changing(change))
        for change in (
            *(forms.parts_apart, forms.button_outside, forms.folded, forms.in_a_frame),
            *(forms.elements_of_its_own, forms.spread_out, forms.masked_otp, forms.two_doors),
            *(
                forms.vanishing_refusal,
                forms.right_first,
                forms.told_first,
                forms.searching,
                forms.empty_until_touched,
            ),
        )
    },
    "frame-unnamed": Variant(_around(told.frames("")), explained="フレーム"),
    "window-target": Variant(changing(whole.window_of_its_own), explained=_NEW_WINDOW),
    "client-fetch": Variant(_client("fetch")),
    "form-told-first-cut": Variant(
        lambda inner: changing(forms.told_first)(told.cutting_serials(inner))
    ),
    "client-right-first": Variant(_client("fetch", forms.right_first)),
    "client-hash": Variant(_client("hash"), {"login.path": "/#/login"}),
    **{f"postback-{way}": Variant(postback.posting_back(way)) for way in postback.WAYS},
    "entrance": Variant(_around(told.entrance), {"login.path": "/"}),
}

VARIANTS: Mapping[str, Variant] = {**LISTED, **UNLISTED}
