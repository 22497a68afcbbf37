"""Proposes labels for a screen from what is on a page: a vendor's page, seen as we see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from otp_conformance.agent.page import FieldView, PageView
from otp_conformance.declaration.model import Declaration
from otp_conformance.screens.parts import declared_parts
from otp_conformance.specification.manual import DescribedScreen, Manual
from otp_conformance.text import contains, normalise, one_line, same, visible

_PASSWORDS = frozenset({"login.password", "confirmation.field"})
_SURE, _LIKELY, _MISSING, _DECISIVE = 1.0, 0.5, 0.3, 10.0


@dataclass(frozen=True)
class Proposal:
    """What stands for a label key on a page.

    ``text`` is empty where nothing resembles it; ``others`` are the remaining
    candidates; ``known``: the declaration has it already.
    """

    key: str
    text: str
    likeness: float
    known: bool
    others: tuple[str, ...] = ()


def likeness(text: str, wanted: tuple[str, ...]) -> float:
    """Return how much a text looks like the most similar of others, 0 to 1."""
    mine = normalise(text)
    ratios = (SequenceMatcher(None, mine, normalise(w)).ratio() for w in wanted)
    return max(ratios, default=0.0)


def guess_screen(view: PageView, declaration: Declaration) -> DescribedScreen:
    """Return the screen of the inventory that a page resembles most.

    Titles weigh most; where they tell little, fields and buttons decide.
    """

    def score(screen: DescribedScreen) -> float:
        texts = (*view.headings, view.document_title)
        title = max((likeness(t, declaration.labels[screen.title_key]) for t in texts), default=0.0)
        # A part that is found speaks for the screen, a missing one against it.
        parts = sum(row.likeness - _MISSING for row in _proposals(screen, view, declaration))
        return (_DECISIVE if title == _SURE else 2 * title) + parts

    return max(declaration.manual.screens.values(), key=score)


def propose(
    screen: DescribedScreen, view: PageView, declaration: Declaration
) -> tuple[Proposal, ...]:
    """Return a proposal for the title and each part of a screen."""
    titles = [text for text in (*view.headings, view.document_title) if text]
    title = _best(screen.title_key, titles, declaration, whole=True)
    return (title, *_proposals(screen, view, declaration))


def _proposals(
    screen: DescribedScreen, view: PageView, declaration: Declaration
) -> Iterator[Proposal]:
    parts = declared_parts(screen, declaration)
    for name in parts.fields:
        yield _best(name, _labels(name, view), declaration, whole=False)
    for name in parts.actions:
        yield _best(name, [a.name for a in view.actions if a.name], declaration, whole=True)
    for name in parts.facts:
        yield _best(name, list(view.facts), declaration, whole=True)


def _labels(key: str, view: PageView) -> list[str]:
    """Return the labels of the fields that may be meant."""
    fields = [f for f in view.fields if f.label]
    return [f.label for f in [f for f in fields if may_be(key, f)] or fields]


def may_be(key: str, field: FieldView) -> bool:
    """Tell whether a field may be the one of a key: a password is typed unseen, an ID not."""
    return key not in _PASSWORDS | {"login.id"} or field.masked == (key in _PASSWORDS)


def _best(key: str, candidates: list[str], declaration: Declaration, *, whole: bool) -> Proposal:
    wanted = declaration.labels[key]
    fits = same if whole else contains
    known = next((text for text in candidates if fits(text, wanted)), None)
    if known is not None:
        return Proposal(key, known, _SURE, known=True)
    ranked = sorted(dict.fromkeys(candidates), key=lambda text: -likeness(text, wanted))
    # A field that is the only one that can be meant is proposed, whatever it is called.
    only = not whole and len(ranked) == 1
    first = ranked[0] if ranked and (only or likeness(ranked[0], wanted) >= _LIKELY) else ""
    others = tuple(text for text in ranked if text != first)
    return Proposal(key, first, likeness(first, wanted) if first else 0.0, False, others)


def as_toml(proposals: tuple[Proposal, ...], manual: Manual, *, most_others: int = 5) -> list[str]:
    """Return the lines for the declaration's ``[labels]``; known labels need none."""
    lines = []
    for proposal in proposals:
        if proposal.known:
            known = one_line(proposal.text)
            lines.append(f"# {proposal.key}: 「{known}」はそのままで分かります")
            continue
        others = "、".join(f"「{one_line(text)}」" for text in proposal.others[:most_others])
        hint = f"  # ほかの候補: {others}" if others else ""
        if proposal.text:
            lines.append(f'"{proposal.key}" = [{toml_text(proposal.text)}]{hint}')
        else:
            lines.append(
                f'# "{proposal.key}" = ["…"]  手順書では「{manual.labels[proposal.key][0]}」{hint}'
            )
    return lines


def toml_text(text: str) -> str:
    """Return a text as a string of TOML, with nothing in it that acts unseen."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\n").replace("\t", "\\t")
    return '"' + visible(escaped, _escape) + '"'


def _escape(sign: str) -> str:
    if "\ud800" <= sign <= "\udfff":  # no character: TOML knows no way to write it
        return visible(sign)
    return f"\\u{ord(sign):04X}" if sign <= "\uffff" else f"\\U{ord(sign):08X}"
