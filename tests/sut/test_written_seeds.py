"""Seeds and passwords as people write them down: in any notation, or named with the one wanted."""

from __future__ import annotations

import base64
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_conformance.declaration.secrets import resolve
from otp_conformance.tokens.port import Display
from otp_conformance.tokens.simulated import SeedError, read_seed

SEED = bytes(range(0xA0, 0xB4))
BASE32 = base64.b32encode(SEED).decode()
SEEDS = st.binary(min_size=14, max_size=64)


def pairs(seed: bytes, between: str, before: str = "") -> str:
    """Return hexadecimal pairs, as certificates and C programs print them."""
    return between.join(f"{before}{byte:02x}" for byte in seed)


@given(
    seed=SEEDS,
    form=st.sampled_from(["colons", "commas", "one 0x", "many 0x", "lines of 0x"]),
    upper=st.booleans(),
)
def test_hexadecimal_that_cannot_be_anything_else(seed: bytes, form: str, *, upper: bool) -> None:
    written = {
        "colons": pairs(seed, ":"),
        "commas": pairs(seed, ", "),
        "one 0x": f"0x{seed.hex()}",
        "many 0x": pairs(seed, ", ", "0x"),
        "lines of 0x": pairs(seed, ",\n", "0x"),
    }[form]
    assert read_seed(written.upper() if upper else written) == seed


@given(seed=SEEDS, width=st.integers(2, 9), between=st.sampled_from([" ", "-", "\n", "\u3000"]))
def test_base32_in_groups(seed: bytes, width: int, between: str) -> None:
    text = between.join(textwrap.wrap(base64.b32encode(seed).decode(), width))
    assert read_seed(text, "base32") == seed


@given(
    seed=SEEDS,
    scheme=st.sampled_from(["otpauth", "OTPAUTH"]),
    written=st.sampled_from(["auto", "base32", "hex"]),
    more=st.sampled_from(["", "&issuer=%E8%A6%8B%E6%9C%AC", "&period=60&digits=6&algorithm=SHA1"]),
)
def test_an_address_for_apps(seed: bytes, scheme: str, written: str, more: str) -> None:
    secret = base64.b32encode(seed).decode().rstrip("=")
    text = f"{scheme}://totp/Mihon:a@b?secret={secret}{more}\n"
    assert read_seed(text, written, Display(6, 60, "SHA1")) == seed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("period=30", "otp.step_seconds"),
        ("digits=8", "otp.digits"),
        ("algorithm=SHA256", "adapters.tokens.algorithm"),
    ],
)
def test_an_address_that_speaks_of_another_token_than_declared(query: str, word: str) -> None:
    with pytest.raises(SeedError, match=word) as caught:
        read_seed(f"otpauth://totp/x?secret={BASE32}&{query}", "auto", Display(6, 60, "SHA1"))
    assert BASE32 not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("otpauth://totp/x?issuer=Mihon", "secret="),
        ("otpauth://totp/x?secret=", "secret="),
        ("otpauth://totp/x?secret=not!base32", "secret="),
        (f"otpauth://hotp/x?secret={BASE32}", "totp"),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", "80 ビット"),
        ("0x" + "zz" * 20, "0x|16進"),
        ("31:32:3", "31:32"),
        ("c2VlZCBpbiBCYXNlNjQ=+/", "otpauth://"),
    ],
)
def test_what_cannot_be_read_shows_the_form_wanted(text: str, word: str) -> None:
    with pytest.raises(SeedError, match=word):
        read_seed(text, "auto", Display(6, 60, "SHA1"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples of a property."""
    return tmp_path_factory.mktemp("secrets")


@given(
    password=st.text(
        st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"), min_size=1
    ),
    mark=st.sampled_from(["", "\ufeff"]),
    ends=st.sampled_from(["", "\n", "\r\n", "\r", "\r\n\r\n", "\n\n"]),
)
def test_a_password_is_what_an_editor_shows(
    folder: Path, password: str, mark: str, ends: str
) -> None:
    (folder / "a.login").write_text(f"{mark}{password}{ends}", encoding="utf-8", newline="")
    assert resolve("file:a.login", {}, base=folder) == password
    assert resolve("env:A", {"A": f"{mark}{password}{ends}"}) == password
