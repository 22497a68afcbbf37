"""The small envelopes of Cucumber Messages that others are made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

Envelope = dict[str, Any]


def step_started(started: str, step_id: str, at: str) -> Envelope:
    """Return the envelope of a step's beginning."""
    body = {"testCaseStartedId": started, "testStepId": step_id, "timestamp": timestamp(at)}
    return {"testStepStarted": body}


def step_finished(started: str, step_id: str, at: str, result: Envelope) -> Envelope:
    """Return the envelope of a step's end."""
    body = {"testCaseStartedId": started, "testStepId": step_id, "timestamp": timestamp(at)}
    return {"testStepFinished": {**body, "testStepResult": result}}


def plain(body: str) -> Envelope:
    """Return what a text is as an attachment."""
    return {
        "body": body,
        "contentEncoding": "IDENTITY",
        "mediaType": "text/x.cucumber.log+plain",
    }


def log(body: str, started: str, step_id: str, at: str) -> Envelope:
    """Return the envelope of a text attached to a step."""
    place = {"testCaseStartedId": started, "testStepId": step_id, "timestamp": timestamp(at)}
    return {"attachment": {**plain(body), **place}}


def timestamp(at: str) -> Envelope:
    """Return a moment (RFC 3339) as Messages write it."""
    moment = datetime.fromisoformat(at)
    return {"seconds": int(moment.timestamp()), "nanos": moment.microsecond * 1000}


def earlier(at: str, seconds: float) -> str:
    """Return the moment (RFC 3339) so many seconds before another."""
    return (datetime.fromisoformat(at) - timedelta(seconds=seconds)).isoformat()


def duration(seconds: float) -> Envelope:
    """Return a duration in seconds as Messages write it; never negative."""
    nanos = round(max(seconds, 0.0) * 1_000_000_000)
    return {"seconds": nanos // 1_000_000_000, "nanos": nanos % 1_000_000_000}
