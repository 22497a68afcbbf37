"""What of the third-party examples can be tested without the products."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from otp_conformance.assets.pool.file import PoolFile
from otp_conformance.declaration.load import load
from otp_conformance.declaration.needs import unmet_need
from otp_conformance.resources import fixtures_dir
from otp_conformance.verdict.verdict import Verdict

FOLDER = fixtures_dir() / "declarations" / "third-party"
PRODUCTS = ("privacyidea", "lemonldap")
SCRIPTS = Path(__file__).parents[2] / "third_party"


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_declaration_loads_and_says_what_the_product_lacks(product):
    declaration = load(FOLDER / f"{product}.toml").declaration
    assert declaration.ics.absent_functions == (
        "portal",
        "self_service_issue",
        "self_service_activation",
        "self_service_deactivation",
    )
    assert declaration.adapters.clock.kind == "faketime"
    assert "/.state/" in declaration.adapters.clock.file


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize(
    ("tag", "key"),
    [
        ("@needs.portal", "ics.portal"),
        ("@needs.issue", "ics.self_service_issue"),
        ("@needs.activation", "ics.self_service_activation"),
        ("@needs.deactivation", "ics.self_service_deactivation"),
    ],
)
def test_what_needs_an_absent_function_is_not_applicable(product, tag, key):
    declaration = load(FOLDER / f"{product}.toml").declaration
    unmet = unmet_need(["@LGN-04", tag], declaration)
    assert unmet is not None
    assert unmet.verdict is Verdict.NOT_APPLICABLE
    assert key in unmet.observed
    assert unmet_need(["@LGN-04", "@needs.staff"], declaration) is None


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_pool_holds_references_only(product):
    text = (FOLDER / f"{product}-pool.toml").read_text(encoding="utf-8")
    pool = PoolFile.model_validate(tomllib.loads(text))
    assert Counter(c.status.value for c in pool.customer) == {
        "in_service": 150,
        "suspended": 40,
        "not_registered": 10,
    }
    references = [v for v in pool.defaults.model_dump().values() if isinstance(v, str)]
    assert len(references) == 3
    assert all(v.startswith("file:../../../third_party/.state/") for v in references)
    assert len({t.serial for t in pool.token}) == len(pool.token) == 191


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_product_is_set_up_and_served_by_a_script(product):
    for script in ("setup.sh", "serve.sh"):
        path = SCRIPTS / product / script
        assert path.stat().st_mode & 0o100, f"{script} cannot be run"
        assert path.read_text(encoding="utf-8").startswith("#!/bin/sh")
