"""Pictures are kept under plain names, with a hash that tells when one was changed."""

import hashlib

import pytest

from otp_conformance.journal.evidence import EvidenceStore, Look, slug


def test_a_picture_is_kept_and_booked(run):
    store = EvidenceStore(run.folder, run.writer)
    image = b"\xff\xd8 a jpeg"
    evidence_id = store.keep("s1", 3, "画面", Look("http://x/", 200, image), attempt=1)
    (evidence,) = run.read().attempts["s1"][1].evidence
    assert evidence.evidence_id == evidence_id
    assert evidence.media_type == "image/jpeg"
    assert evidence.sha256 == hashlib.sha256(image).hexdigest()
    assert (run.folder / evidence.file).read_bytes() == image
    assert (evidence.address, evidence.http_status) == ("http://x/", 200)


def test_two_pictures_of_a_step_have_two_names(run):
    store = EvidenceStore(run.folder, run.writer)
    names = {store.keep("s1", 0, "画面", Look(image=b"\x89PNG")) for _ in range(3)}
    assert len(names) == 3


@pytest.mark.parametrize(
    "scenario_id", ["features/a.feature:3", "../../etc/x", "シナリオ", "a" * 300]
)
def test_any_scenario_id_gives_a_harmless_name(scenario_id):
    name = slug(scenario_id)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(name) <= 80


def test_distinct_scenarios_never_share_a_folder():
    assert len({slug("a/b:1"), slug("a-b:1"), slug("a-b-1"), slug("a b 1")}) == 4
