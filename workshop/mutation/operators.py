"""Operators that blunt the suite: what a careless hand does to a check, not to arithmetic.

Given to cosmic-ray beside its own operators, under the provider name ``blunt``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import parso
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import OPERATOR_PROVIDERS

_JUDGEMENTS = {"confirm", "refused", "control", "control_shown", "fact"}
_SWAPPED = {"all": "any", "any": "all"}
Position = tuple[tuple[int, int], tuple[int, int]]


class JudgementHolds(Operator):
    """The condition of a judgement becomes ``True``: the check can no longer go red."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield where the second argument of a judgement stands."""
        if (condition := _condition(node)) is not None:
            yield condition.start_pos, condition.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Replace the condition."""
        del index
        condition = _condition(node)
        _replace(condition, "True")
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return examples."""
        return (
            Example(
                "case.confirm('a', x == 1, expected='')", "case.confirm('a', True, expected='')"
            ),
            Example("judge.control_shown(a, b, c)", "judge.control_shown(a, True, c)"),
        )


class CallDropped(Operator):
    """A statement that is nothing but a call is left out."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield where such a statement stands."""
        if _is_call_statement(node):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Put ``pass`` in its place."""
        del index
        _replace(node.children[0], "pass")
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return examples."""
        return (
            Example("def f():\n    judge.refused()\n", "def f():\n    pass\n"),
            Example("x = f()\n", "x = f()\n"),
        )


class GuardOpened(Operator):
    """An ``if`` that does nothing but raise never does."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield where the condition of such a guard stands."""
        if (condition := _guard(node)) is not None:
            yield condition.start_pos, condition.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Replace the condition."""
        del index
        condition = _guard(node)
        _replace(condition, "False")
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return examples."""
        return (
            Example("if not ok:\n    raise E\n", "if False:\n    raise E\n"),
            Example("if ok:\n    go()\n", "if ok:\n    go()\n"),
        )


class AllAnySwapped(Operator):
    """``all`` becomes ``any`` and the other way round."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield where one of the two is called."""
        if _calls_all_or_any(node):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Replace the name."""
        del index
        node.children[0].value = _SWAPPED[node.children[0].value]
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        """Return examples."""
        return (Example("x = all(y)", "x = any(y)"), Example("x = a.all(y)", "x = a.all(y)"))


OPERATORS: dict[str, type[Operator]] = {
    operator.__name__: operator
    for operator in (JudgementHolds, CallDropped, GuardOpened, AllAnySwapped)
}


def register() -> None:
    """Make them known to cosmic-ray (an entry point would need an installed package)."""
    OPERATOR_PROVIDERS["blunt"] = OPERATORS


# -- reading parso's tree ----------------------------------------------------


def _condition(node: Any) -> Any | None:
    """Return the second positional argument if the node is the call of a judgement."""
    if node.type not in ("power", "atom_expr"):
        return None
    call, name = node.children[-1], node.children[-2]
    if call.type != "trailer" or call.children[0].value != "(" or name.type != "trailer":
        return None
    if name.children[0].value != "." or name.children[1].value not in _JUDGEMENTS:
        return None
    arguments = call.children[1]
    if arguments.type != "arglist":
        return None
    given = [child for child in arguments.children if child.type != "operator"]
    plain = [child for child in given if child.type != "argument"]
    return given[1] if len(given) > 1 and given[:2] == plain[:2] else None


def _is_call_statement(node: Any) -> bool:
    if node.type != "simple_stmt" or node.children[0].type not in ("power", "atom_expr"):
        return False
    last = node.children[0].children[-1]
    return last.type == "trailer" and last.children[0].value == "("


def _guard(node: Any) -> Any | None:
    """Return the condition of an ``if`` without ``else`` whose body is one ``raise``."""
    if node.type != "if_stmt" or len(node.children) != 4:
        return None
    body = node.children[3]
    statements = [child for child in body.children if child.type != "newline"]
    if body.type != "suite" or len(statements) != 1 or statements[0].type != "simple_stmt":
        return None
    return node.children[1] if statements[0].children[0].type == "raise_stmt" else None


def _calls_all_or_any(node: Any) -> bool:
    return (
        node.type in ("power", "atom_expr")
        and node.children[0].type == "name"
        and node.children[0].value in _SWAPPED
        and node.children[1].type == "trailer"
        and node.children[1].children[0].value == "("
    )


def _replace(node: Any, text: str) -> None:
    made = parso.parse(text).children[0]
    made.get_first_leaf().prefix = node.get_first_leaf().prefix
    made.parent = node.parent
    siblings = node.parent.children
    siblings[siblings.index(node)] = made
