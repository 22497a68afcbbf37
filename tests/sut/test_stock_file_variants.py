"""PSKC files as vendors really have them: other encodings, drafts, odd neighbours, old ciphers."""

from __future__ import annotations

import base64
import io
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pskc import PSKC

from otp_conformance.tokens.port import Display
from otp_conformance.tokens.stock_file import StockFile
from otp_conformance.verdict.outcome import DeclarationMismatch

RFC = "urn:ietf:params:xml:ns:keyprov:pskc"
SERIAL = "000000000701"
SEED = b"made-up variant seed"
KEY = bytes(range(16)).hex()
DISPLAY = Display(6, 60, "SHA1")


def _entry(serial: str, algorithm: str, seed: bytes, manufacturer: str) -> str:
    secret = base64.b64encode(seed).decode()
    return f"""
<KeyPackage><DeviceInfo><Manufacturer>{manufacturer}</Manufacturer><SerialNo>{serial}</SerialNo>
</DeviceInfo><Key Id="{serial}" Algorithm="{algorithm}"><AlgorithmParameters>
<ResponseFormat Encoding="DECIMAL" Length="6"/></AlgorithmParameters><Data>
<Secret><PlainValue>{secret}</PlainValue></Secret>
<TimeInterval><PlainValue>60</PlainValue></TimeInterval></Data></Key></KeyPackage>"""


def plain(
    *,
    encoding: str | None = "UTF-8",
    namespace: str = RFC,
    algorithm: str = f"{RFC}:totp",
    seed: bytes = SEED,
    manufacturer: str = "見本製作所",
) -> str:
    """Return a file of two tokens without encryption, as text."""
    declared = f' encoding="{encoding}"' if encoding else ""
    entries = _entry("999", algorithm, b"x" * 20, manufacturer)
    entries += _entry(SERIAL, algorithm, seed, manufacturer)
    scope = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<?xml version="1.0"{declared}?>\n<KeyContainer Version="1.0"{scope}>'
        f"{entries}\n</KeyContainer>\n"
    )


def encrypted(algorithm: str, key: str, *, derived: bool = False) -> str:
    """Return a file of two tokens that python-pskc has encrypted, as text."""
    pskc = PSKC()
    for serial, seed in (("999", b"x" * 20), (SERIAL, SEED)):
        made = pskc.add_key(
            serial=serial,
            id=serial,
            algorithm="totp",
            secret=seed,
            time_interval=60,
            response_length=6,
            response_encoding="DECIMAL",
            expiry_date=datetime(2031, 3, 31, tzinfo=UTC),
        )
        made.algorithm = f"{RFC}:totp"
    if derived:
        pskc.encryption.setup_pbkdf2(key, algorithm=algorithm, iterations=1000)
    else:
        pskc.encryption.setup_preshared_key(key=bytes.fromhex(key), algorithm=algorithm)
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old ciphers
        pskc.write(stream)
    return stream.getvalue().decode("utf-8")


def seed_of(folder: Path, content: bytes, key: str | None = None, serial: str = SERIAL) -> bytes:
    """Read a file's seed."""
    path = folder / "tokens.pskcxml"
    path.write_bytes(content)
    return StockFile(path, key, DISPLAY).seed(serial)


def trouble(folder: Path, content: bytes, key: str | None = None) -> DeclarationMismatch:
    """Return what a file is refused with; it names the file and a key of the declaration."""
    with pytest.raises(DeclarationMismatch) as caught:
        seed_of(folder, content, key)
    assert caught.value.observed.startswith("tokens.pskcxml: ")
    assert "adapters.tokens." in caught.value.hint
    return caught.value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples of a property."""
    return tmp_path_factory.mktemp("pskc")


SPELLINGS = {
    "UTF-8": "utf-8",
    "utf-8": "utf-8-sig",
    "Shift_JIS": "cp932",
    "shift-jis": "cp932",
    "SJIS": "cp932",
    "x-sjis": "cp932",
    "Windows-31J": "cp932",
    "cp932": "cp932",
    "EUC-JP": "euc-jp",
    "ISO-2022-JP": "iso-2022-jp",
    "UTF-16": "utf-16",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "UTF-32": "utf-32",
}


@given(
    encoding=st.sampled_from(list(SPELLINGS)),
    namespace=st.sampled_from([RFC, f"{RFC}:1.0", f"{RFC}:2.0", f"{RFC}#"]),
    spelling=st.sampled_from([f"{RFC}:totp", f"{RFC}#totp", f"{RFC}:TOTP", "totp"]),
    tag=st.sampled_from(["KeyPackage", "Device"]),
)
def test_a_file_is_read_however_it_is_written(
    folder: Path, encoding: str, namespace: str, spelling: str, tag: str
) -> None:
    text = plain(encoding=encoding, namespace=namespace, algorithm=spelling)
    content = text.replace("KeyPackage", tag).encode(SPELLINGS[encoding])
    assert seed_of(folder, content) == SEED


@pytest.mark.parametrize("encoding", [None, "Shift_JIS"])
def test_letters_of_windows_and_files_that_declare_nothing(
    tmp_path: Path, encoding: str | None
) -> None:
    text = plain(encoding=encoding, manufacturer="髙橋①製作所")
    assert seed_of(tmp_path, text.encode("cp932" if encoding else "utf-8")) == SEED


@pytest.mark.parametrize("encoding", ["x-no-such-code", "rot13", "base64"])
def test_an_encoding_that_nobody_knows_is_named(tmp_path: Path, encoding: str) -> None:
    assert encoding in trouble(tmp_path, plain(encoding=encoding).encode()).observed


@pytest.mark.parametrize(("declared", "written"), [("UTF-8", "cp932"), (None, "euc-jp")])
def test_another_encoding_than_declared_is_named_with_the_line(
    tmp_path: Path, declared: str | None, written: str
) -> None:
    observed = trouble(tmp_path, plain(encoding=declared).encode(written)).observed
    assert "utf-8" in observed.lower()
    assert "3 行目" in observed


@pytest.mark.parametrize("namespace", ["", "http://www.openauthentication.org/OATH/2006/10/PSKC"])
def test_a_foreign_namespace_is_named_with_the_one_wanted(tmp_path: Path, namespace: str) -> None:
    observed = trouble(tmp_path, plain(namespace=namespace).encode()).observed
    assert (namespace or "（なし）") in observed
    assert RFC in observed


def test_another_root_is_named(tmp_path: Path) -> None:
    text = plain().replace("KeyContainer", "SecretContainer")
    assert "SecretContainer" in trouble(tmp_path, text.encode()).observed


@pytest.mark.parametrize("other", ["hotp", "otpthing", "pskc:totp-x", "xtotp"])
def test_another_kind_of_token_is_no_totp(tmp_path: Path, other: str) -> None:
    observed = trouble(tmp_path, plain(algorithm=f"{RFC}:{other}").encode()).observed
    assert "TOTP" in observed


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    text = plain().replace("</DeviceInfo><Key Id", "<Key Id", 1)
    assert re.search(r"\d+ 行目が XML", trouble(tmp_path, text.encode()).observed)


@given(seed=st.binary(min_size=1, max_size=13))
def test_a_seed_too_short_says_how_many_bits_there_are(folder: Path, seed: bytes) -> None:
    observed = trouble(folder, plain(seed=seed).encode()).observed
    assert f"{len(seed) * 8} ビット" in observed
    assert "112 ビット以上" in observed


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("aes128-cbc", KEY),
        ("aes256-cbc", KEY * 2),
        ("camellia128-cbc", KEY),
        ("tripledes-cbc", KEY + "0" * 16),
    ],
)
def test_a_secret_that_nothing_guards_is_refused(
    tmp_path: Path, algorithm: str, key: str, recwarn: pytest.WarningsRecorder
) -> None:
    text = encrypted(algorithm, key)
    assert seed_of(tmp_path, text.encode(), key) == SEED
    bare = re.sub(r"<pskc:ValueMAC>[^<]*</pskc:ValueMAC>", "", text)
    assert bare != text
    assert "RFC 6030 の 6.1.1" in trouble(tmp_path, bare.encode(), key).observed
    assert not recwarn.list  # an old cipher's warning names a path of the library


def test_a_key_wrap_guards_itself(tmp_path: Path) -> None:
    text = encrypted("kw-aes128", KEY)
    assert "ValueMAC" not in text
    assert seed_of(tmp_path, text.encode(), KEY) == SEED


def test_a_cipher_that_is_not_known_is_named(tmp_path: Path) -> None:
    text = encrypted("aes128-cbc", KEY).replace("#aes128-cbc", "#aes128-made-up")
    assert "aes128-made-up" in trouble(tmp_path, text.encode(), KEY).observed


ODD_ENTRIES = (
    "<pskc:ExpiryDate>never</pskc:ExpiryDate>",
    "<pskc:StartDate>2031-99-99</pskc:StartDate>",
)
ODD_DATA = (
    "<pskc:TimeInterval><pskc:PlainValue>sixty</pskc:PlainValue></pskc:TimeInterval>",
    "<pskc:Secret><pskc:PlainValue>***</pskc:PlainValue></pskc:Secret>",
    "<pskc:Secret><pskc:EncryptedValue/></pskc:Secret>",
)


@pytest.mark.parametrize("odd", [*ODD_ENTRIES, *ODD_DATA])
@pytest.mark.parametrize("derived", [False, True])
def test_somebody_elses_odd_entry_spoils_nothing(
    tmp_path: Path, odd: str, *, derived: bool
) -> None:
    key = "a made-up passphrase" if derived else KEY
    text = encrypted("aes128-cbc", key, derived=derived)
    data = f"<pskc:Data>{odd}</pskc:Data>" if odd in ODD_DATA else "<pskc:Data/>"
    entry = (
        "<pskc:KeyPackage><pskc:DeviceInfo><pskc:SerialNo>5</pskc:SerialNo>"
        f"{odd if odd in ODD_ENTRIES else ''}</pskc:DeviceInfo>"
        f'<pskc:Key Id="5" Algorithm="{RFC}:totp">{data}</pskc:Key></pskc:KeyPackage>'
    )
    before_all = text.replace("<pskc:KeyPackage>", f"{entry}<pskc:KeyPackage>", 1)
    assert seed_of(tmp_path, before_all.encode(), key) == SEED
