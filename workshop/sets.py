"""All that can be judged, together: the manual's requirements and those of the sets beyond it."""

from __future__ import annotations

from otp_conformance.cli.bundle import sets_beyond
from otp_conformance.resources import bundle_root
from otp_conformance.specification.catalogue.model import Catalogue
from otp_conformance.specification.manual import Manual, bundled
from otp_conformance.specification.requirements import load
from otp_conformance.specification.scenarios import FeaturePlan, plan_features


def every_set() -> tuple[Manual, ...]:
    """Return what can be judged: the suite's manual, and the sets beyond it."""
    return (bundled(), *sets_beyond(bundled()))


def whole_catalogue() -> Catalogue:
    """Return the requirements of every set in one catalogue."""
    first, *others = map(load, every_set())
    requirements, chapters = dict(first.requirements), dict(first.chapters)
    for each in others:
        requirements |= each.requirements
        chapters |= each.chapters
    return first.model_copy(update={"requirements": requirements, "chapters": chapters})


def whole_suite() -> tuple[FeaturePlan, ...]:
    """Return every feature, the manual's first."""
    return tuple(each for judged in every_set() for each in plan_features(bundle_root(), judged))
