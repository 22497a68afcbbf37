"""A bundle is refused, named or believed for what it is."""

import base64
import json
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1.statement_pb2 import Statement

from otp_conformance.cli.main import main as start
from otp_conformance.handover import archive
from otp_conformance.handover.contents import UNLISTED, digest
from otp_conformance.handover.keys import opened, private_key, signed
from otp_conformance.handover.statement import PREDICATE, STATEMENT, canonical
from otp_conformance.language import set_language

JOURNALS = Path(__file__).parents[2] / "fixtures" / "journals"


def pem(key, password=None):
    sealed = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)


@pytest.fixture(autouse=True)
def _japanese():
    """A command sets the language for good; what runs after it expects ours."""
    yield
    set_language("ja")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two keys, a run of each kind, and a signed bundle of the mixed one."""
    folder = tmp_path_factory.mktemp("handover")
    for name in ("ours", "theirs"):
        key = Ed25519PrivateKey.generate()
        (folder / f"{name}.pem").write_bytes(pem(key))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pub").write_bytes(public)
    for kind in ("mixed", "passed", "cut-off"):
        shutil.copytree(JOURNALS / kind, folder / kind)
    arguments = ["bundle", str(folder / "mixed"), "--key", str(folder / "ours.pem")]
    assert start([*arguments, "--output", str(folder / "good.zip")]) == 0
    return folder


@pytest.fixture
def bundle(place):
    """What the good bundle holds, to be altered, and a way to verify what comes of it."""
    return Bundle(place)


class Bundle:
    def __init__(self, place, name="good.zip"):
        self.place = place
        with zipfile.ZipFile(place / name) as packed:
            self.files = {each: packed.read(each) for each in packed.namelist()}

    def written(self):
        target = self.place / "altered.zip"
        with zipfile.ZipFile(target, "w") as packed:
            for name, body in self.files.items():
                packed.writestr(name, body)
        return target

    def verify(self, *options):
        told = [] if "--lang" in options else ["--lang", "ja"]
        return start(["verify", str(self.written()), *told, *options])

    def listed_anew(self):
        """Put the files into the manifest as they are now, as somebody would who alters one."""
        manifest = json.loads(self.files["manifest.json"])
        manifest["files"] = {
            name: {"sha256": digest(body), "size": len(body)}
            for name, body in self.files.items()
            if name not in UNLISTED
        }
        self.files["manifest.json"] = canonical(manifest)


@pytest.fixture
def ours(place):
    return ("--key", str(place / "ours.pub"))


def picture(bundle):
    return next(name for name in bundle.files if name.startswith("evidence/"))


def test_a_good_bundle_holds(bundle, ours, capsys):
    assert bundle.verify(*ours) == 0
    told = capsys.readouterr().out
    assert "証拠一式は確かです" in told
    assert "署名は、指定した鍵のものです" in told
    assert "作り直したものと一致します" in told
    assert "×" not in told.split("判定:")[-1]
    assert "不合格" in told  # and what the run came to is said


def test_the_same_run_gives_the_same_bytes(place):
    arguments = ["bundle", str(place / "mixed"), "--key", str(place / "ours.pem")]
    assert start([*arguments, "--output", str(place / "again.zip")]) == 0
    assert (place / "again.zip").read_bytes() == (place / "good.zip").read_bytes()


def test_a_replaced_picture_is_named(bundle, ours, capsys):
    name = picture(bundle)
    bundle.files[name] = b"\x89PNG another picture"
    assert bundle.verify(*ours) == 5
    told = capsys.readouterr().out
    assert f"目録の SHA-256 と合わないファイル: {name}" in told
    assert f"記録したときのままでない画像: {name}" in told


def test_a_replaced_picture_is_named_even_when_it_is_listed(bundle, capsys):
    name = picture(bundle)
    bundle.files[name] = b"\x89PNG another picture"
    bundle.listed_anew()
    assert bundle.verify() == 5
    told = capsys.readouterr().out
    assert "目録の SHA-256" not in told
    assert f"記録したときのままでない画像: {name}" in told
    assert "陳述（in-toto Statement）が" in told


def test_a_changed_verdict_is_named(bundle, ours, capsys):
    journal = bundle.files["journal.ndjson"]
    bundle.files["journal.ndjson"] = journal.replace(b'"verdict":"fail"', b'"verdict":"pass"')
    bundle.listed_anew()
    assert bundle.verify(*ours) == 5
    told = capsys.readouterr().out
    assert "実行記録を信用できません" in told
    assert "シナリオ LGN-08/1 の判定「合格」は、途中で終わった手順と合いません" in told
    assert "陳述（in-toto Statement）が" in told


def test_a_changed_report_is_named(bundle, capsys):
    page = bundle.files["index.html"].decode()
    bundle.files["index.html"] = page.replace("不合格", "合格").encode()
    bundle.listed_anew()
    assert bundle.verify() == 5
    told = capsys.readouterr().out
    assert "実行記録から作り直したものと違う報告書: index.html" in told


def test_a_report_of_another_version_is_not_accused(bundle, capsys):
    bundle.files["index.html"] += b"<!-- another template -->"
    manifest = json.loads(bundle.files["manifest.json"])
    bundle.files["manifest.json"] = canonical({**manifest, "maker": "0" * 64})
    bundle.listed_anew()
    bundle.verify()
    told = capsys.readouterr().out
    assert "△ 報告書は、このスイートと違う版で作られたため" in told
    assert "作り直したものと違う報告書" not in told


@pytest.mark.parametrize("name", ["junit.xml", "journal.ndjson", "manifest.json", "versions.json"])
def test_a_missing_file_is_named(bundle, ours, capsys, name):
    del bundle.files[name]
    assert bundle.verify(*ours) == 5
    told = capsys.readouterr().out
    if name == "manifest.json":
        assert "目録 manifest.json がありません" in told
    else:
        assert f"目録にあって入っていないファイル: {name}" in told


def test_a_missing_picture_is_named(bundle, ours, capsys):
    name = picture(bundle)
    del bundle.files[name]
    assert bundle.verify(*ours) == 5
    assert f"{name}（ファイルがありません）" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["notes.txt", "evidence/more.png"])
def test_an_extra_file_is_named(bundle, ours, capsys, name):
    bundle.files[name] = b"more"
    assert bundle.verify(*ours) == 5
    assert f"目録にないファイル: {name}" in capsys.readouterr().out


def test_an_extra_picture_is_named_even_when_it_is_listed(bundle, capsys):
    bundle.files["evidence/more.png"] = b"more"
    bundle.listed_anew()
    assert bundle.verify() == 5
    assert "実行記録が挙げていないファイル: evidence/more.png" in capsys.readouterr().out


def test_a_cut_off_run_is_named(place, capsys):
    target = place / "cut.zip"
    assert start(["bundle", str(place / "cut-off"), "--output", str(target)]) == 0
    assert start(["verify", str(target), "--lang", "ja"]) == 3
    assert "途中で終わった実行です: 7 シナリオのうち、終わったものは 2" in capsys.readouterr().out
    said = json.loads(Bundle(place, "cut.zip").files["statement.json"])
    assert said["predicate"]["result"] != "PASSED"


def test_a_run_that_lost_lines_of_its_plan_is_named(place, tmp_path, capsys):
    lines = (place / "cut-off" / "journal.ndjson").read_bytes().splitlines(keepends=True)
    lost = next(i for i in range(len(lines) - 1, 0, -1) if b'"scenario_planned"' in lines[i])
    shutil.copytree(place / "cut-off", tmp_path / "lost")
    scenario = json.loads(lines[lost])["scenario_id"].encode()
    kept = [line for line in lines if b'"scenario_id":"' + scenario + b'"' not in line]
    (tmp_path / "lost" / "journal.ndjson").write_bytes(b"".join(kept))
    assert start(["bundle", str(tmp_path / "lost")]) == 0
    assert start(["verify", str(tmp_path / "lost.zip"), "--lang", "ja"]) == 3
    assert "計画の行が 1 シナリオ分、欠けています" in capsys.readouterr().out


def test_the_wrong_key_is_named(bundle, place, capsys):
    assert bundle.verify("--key", str(place / "theirs.pub")) == 5
    assert "署名は、指定した鍵のものではありません" in capsys.readouterr().out


def test_without_a_key_the_signature_stays_unchecked(bundle, capsys):
    assert bundle.verify() == 3
    assert "署名があります" in capsys.readouterr().out


def test_a_statement_signed_by_another_after_the_fact_is_named(bundle, place, ours, capsys):
    envelope = opened(bundle.files["statement.dsse.json"])
    theirs = private_key(str(place / "theirs.pem"), {})
    bundle.files["statement.dsse.json"] = canonical(signed(envelope.payload, theirs))
    assert bundle.verify(*ours) == 5
    assert "指定した鍵のものではありません" in capsys.readouterr().out


def test_an_unsigned_bundle_says_so(place, ours, capsys):
    target = place / "unsigned.zip"
    assert start(["bundle", str(place / "passed"), "--output", str(target), "--lang", "ja"]) == 0
    assert "署名していません" in capsys.readouterr().out
    assert start(["verify", str(target), "--lang", "ja"]) == 3
    assert "△ 署名がありません" in capsys.readouterr().out
    assert start(["verify", str(target), "--lang", "ja", *ours]) == 5
    assert "× 署名がありません" in capsys.readouterr().out


def test_the_statement_is_an_in_toto_test_result(bundle, place):
    envelope = opened(bundle.files["statement.dsse.json"])
    said = json.loads(envelope.payload)
    # in-toto's own schemas: unknown or ill-typed fields are refused.
    ParseDict(
        {k: v for k, v in said.items() if k != "_type"} | {"type": said["_type"]}, Statement()
    )
    ParseDict(said["predicate"], test_result_pb2.TestResult())
    assert (said["_type"], said["predicateType"]) == (STATEMENT, PREDICATE)
    assert said["predicate"]["result"] == "FAILED"
    assert said["predicate"]["failedTests"] == ["LGN-08/1"]
    assert said["subject"][0]["digest"]["sha256"] == digest(bundle.files["manifest.json"])


def test_openssl_accepts_the_signature(bundle, place, tmp_path):
    """Another reader than ours: DSSE's pre-authentication encoding, verified by openssl."""
    envelope = json.loads(bundle.files["statement.dsse.json"])
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"]
    (tmp_path / "pae").write_bytes(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
    (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(place / "ours.pub")]
    command += ["-rawin", "-in", str(tmp_path / "pae"), "-sigfile", str(tmp_path / "sig")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout, done.stderr


# -- what no bundle is like -------------------------------------------------------


def zipped(target, *members, **how):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = how.get("mode", stat.S_IFREG | 0o644) << 16
            packed.writestr(info, body, zipfile.ZIP_DEFLATED)
    return target


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "/etc/out.txt",
        "a/../../out.txt",
        "a\\out.txt",
        "C:out.txt",
        "a//b",
        ".hid",
        "a/",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path, capsys, name):
    target = zipped(tmp_path / "x.zip", ("manifest.json", b"{}"), (name, b"x"))
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "is no name of a bundle's file" in capsys.readouterr().err
    assert not list(tmp_path.rglob("out.txt"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["manifest.json", "MANIFEST.json"])
def test_a_name_given_twice_is_refused(tmp_path, capsys, second):
    target = zipped(tmp_path / "x.zip", ("manifest.json", b"{}"), (second, b"x"))
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "is there twice" in capsys.readouterr().err


@pytest.mark.parametrize(("mode", "what"), [(stat.S_IFLNK, "a link"), (stat.S_IFIFO, "no file")])
def test_a_link_is_refused(tmp_path, capsys, mode, what):
    target = zipped(tmp_path / "x.zip", ("manifest.json", b"/etc/passwd"), mode=mode | 0o777)
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert what in capsys.readouterr().err


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 20)
    target = zipped(tmp_path / "x.zip", ("a", bytes(1 << 20)), ("b", b"x"))
    assert target.stat().st_size < 10_000
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "unpacks to more than 1 MB" in capsys.readouterr().err
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "more than 1 files" in capsys.readouterr().err


def test_a_size_that_lies_is_refused(tmp_path, capsys):
    target = zipped(tmp_path / "x.zip", ("manifest.json", bytes(100_000)))
    data = target.read_bytes()
    size = (100_000).to_bytes(4, "little")
    target.write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "cannot be read as a bundle" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"", b"no zip", None])
def test_what_is_no_zip_is_refused(tmp_path, place, capsys, data):
    target = tmp_path / "x.zip"
    target.write_bytes((place / "good.zip").read_bytes()[:-40] if data is None else data)
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "arrived in part or is damaged" in capsys.readouterr().err


def test_another_zip_is_no_bundle(tmp_path, capsys):
    target = zipped(tmp_path / "x.zip", ("readme.txt", b"x"))
    assert start(["verify", str(target), "--lang", "en"]) == 5
    assert "x.zip is no bundle" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert start(["verify", str(tmp_path / "none.zip"), "--lang", "en"]) == 2
    assert "none.zip cannot be read" in capsys.readouterr().err


# -- keys, declarations, runs ---------------------------------------------------------


def test_a_key_that_is_none_is_refused_and_never_quoted(place, tmp_path, capsys):
    wrong = {
        "no-key": b"himitsu-no-kagi",
        "sealed": pem(Ed25519PrivateKey.generate(), b"passphrase"),
        "public": (place / "ours.pub").read_bytes(),
    }
    for name, text in wrong.items():
        (tmp_path / name).write_bytes(text)
        command = ["bundle", str(place / "mixed"), "--key", str(tmp_path / name)]
        assert start([*command, "--lang", "en"]) == 2
        told = capsys.readouterr().err
        assert "is no private Ed25519 key" in told
        assert text.decode().splitlines()[-1] not in told
    assert start(["verify", str(place / "good.zip"), "--key", str(place / "ours.pem")]) == 2


def test_a_key_is_given_by_reference(place, monkeypatch):
    monkeypatch.setenv("THE_KEY", (place / "ours.pem").read_text())
    arguments = ["bundle", str(place / "mixed"), "--key", "env:THE_KEY"]
    assert start([*arguments, "--output", str(place / "by-env.zip")]) == 0
    assert (place / "by-env.zip").read_bytes() == (place / "good.zip").read_bytes()


def test_another_declaration_than_the_runs_is_refused(place, tmp_path, capsys):
    other = JOURNALS.parent / "declarations" / "minimal-example.toml"
    arguments = ["bundle", str(place / "mixed"), "--declaration", str(other), "--lang", "en"]
    assert start(arguments) == 2
    assert "is not the declaration of run" in capsys.readouterr().err


def test_a_run_whose_pictures_were_exchanged_is_not_packed(tmp_path, capsys):
    run = Path(shutil.copytree(JOURNALS / "mixed", tmp_path / "mixed"))
    next((run / "evidence").iterdir()).write_bytes(b"another")
    assert start(["bundle", str(run), "--lang", "en"]) == 5
    assert not (tmp_path / "mixed.zip").exists()


def test_a_full_disk_leaves_no_half_of_a_bundle(place, tmp_path, capsys, monkeypatch):
    class Full(zipfile.ZipFile):
        def writestr(self, *_, **__):
            raise OSError(28, "No space left on device")

    ours = SimpleNamespace(**{**vars(zipfile), "ZipFile": Full})
    monkeypatch.setattr(archive, "zipfile", ours)  # the workbook is a zip as well
    arguments = ["bundle", str(place / "mixed"), "--output", str(tmp_path / "x.zip")]
    assert start([*arguments, "--lang", "en"]) == 3
    assert "no space is left" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_both_languages_say_what_was_found(bundle, ours, capsys):
    assert bundle.verify(*ours, "--lang", "en") == 0
    assert "The bundle holds." in capsys.readouterr().out
