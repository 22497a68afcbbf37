"""The journal's lines: every report is a function of them and of nothing else.

One JSON object a line, in the order things happened; ``event`` tells the kind.
Times are RFC 3339 with offset: ``at`` is the harness machine's own time,
``sut_time`` the time at the system under test as the clock port read it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from otp_conformance.text import one_line
from otp_conformance.verdict.verdict import Cause, Verdict

JOURNAL_VERSION = 2
"""1 knew scenarios by file and line, 2 knows them by their ids."""

_CONTINUES = {"かつ", "且つ", "しかし", "但し", "ただし", "然し", "*"}

EVERYTHING = "すべて"
"""The selection of a run that left nothing out."""

OWN_SET = "manual"
"""The set of what the manual itself asks for, beside the sets that go beyond it."""


RECORDED_ANSWER = re.compile("宣言：(?P<answer>.*)、結果：(?P<result>.*)", re.DOTALL)
"""How the record of a step tells which row of its table 宣言 | 結果 was taken."""


def recorded_answer(answer: str, result: str) -> str:
    """Return the record of the row of a table 宣言 | 結果 that was taken."""
    return f"宣言：{answer}、結果：{result}"


class _Event(BaseModel):
    """A line. Texts from a product enter the journal here, each on one line and made visible."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    verbatim: ClassVar[frozenset[str]] = frozenset()
    at: str

    @model_validator(mode="before")
    @classmethod
    def _show(cls, given: Any) -> Any:  # noqa: ANN401 - whatever is validated
        if not isinstance(given, dict):
            return given
        return {k: v if k in cls.verbatim else _shown(v) for k, v in given.items()}


def _shown(value: Any) -> Any:  # noqa: ANN401 - JSON is what it is
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return one_line(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return value


class Deviation(BaseModel):
    """A deviation that the declaration owns up to; ``until`` is a date (ISO 8601)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    requirement: str
    reason: str
    until: str


class Shard(BaseModel):
    """One of ``of`` parts that a run was divided into beforehand, each for a machine of its own.

    ``number`` counts from 1; ``division``: digest (SHA-256) of who was to carry out and use
    what, the same for all parts of one run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int
    of: int
    division: str

    def __str__(self) -> str:
        """Return it as it is asked for (``--shard``)."""
        return f"{self.number}/{self.of}"


class RunStarted(_Event):
    """Header of a run.

    ``planned`` counts scenarios, each to be carried out ``repeat`` times;
    ``seed`` is that of a random order, None for the order of the files.
    ``settings_sha256`` is the digest of settings handed to the system at its
    start; ``rerun_of`` names the run that this one repeats; ``again``: the words that a
    command needs for this system besides the scenarios, files by their names alone
    (None: an older journal). ``absent_functions``
    are the manual's functions that the declaration says the system does not have
    (keys of ``ics``): such a run judges only the part that is there. ``set``: which
    requirements were judged, the manual's own or those of a set beyond it.
    ``suite_sha256``: digest of the suite's own files; ``shard``: the part that this run
    is; ``merged_from``: the runs whose journals were put together into this one.
    """

    event: Literal["run_started"] = "run_started"
    journal_version: int = JOURNAL_VERSION
    run_id: str
    suite_version: str
    requirement_set: str
    sut_name: str
    sut_version: str
    base_url: str
    declaration_file: str
    declaration_sha256: str
    selection: str
    planned: int
    repeat: int = 1
    seed: int | None = None
    environment: dict[str, str] = Field(default_factory=dict)
    known_deviations: list[Deviation] = Field(default_factory=list)
    settings_sha256: str = ""
    rerun_of: str = ""
    again: list[str] | None = None
    absent_functions: list[str] = Field(default_factory=list)
    set: str = OWN_SET
    suite_sha256: str = ""
    shard: Shard | None = None
    merged_from: list[str] = Field(default_factory=list)

    @property
    def judges_a_set(self) -> bool:
        """Whether a set beyond the manual was judged: such a run says nothing of the manual."""
        return self.set != OWN_SET

    @property
    def partial(self) -> bool:
        """Whether only a selection was to run: such a run judges no whole product."""
        return self.selection != EVERYTHING or self.shard is not None


class Source(_Event):
    """Text of one feature file, so that reports need no other file."""

    verbatim = frozenset({"text"})
    event: Literal["source"] = "source"
    uri: str
    text: str


class PlannedStep(BaseModel):
    """One step of a planned scenario, with the outline's values filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    keyword: str
    text: str
    line: int


class ScenarioPlanned(_Event):
    """A selected scenario, written for all of them before the first one runs.

    What was planned and never finished is 未実施: a cut-off run says so.
    ``scenario_id`` identifies it (``LCK-01/3``, of a row ``LCK-01/3.2``); ``uri``
    and ``line`` tell where it stood, in an outline the line of its example row.
    """

    event: Literal["scenario_planned"] = "scenario_planned"
    scenario_id: str
    uri: str
    line: int
    name: str
    feature: str
    rule: str = ""
    chapter: str
    tags: list[str]
    requirements: list[str]
    steps: list[PlannedStep]

    @property
    def place(self) -> str:
        """Where it stood in the features (``FILE:LINE``)."""
        return f"{self.uri}:{self.line}"

    @property
    def setup_steps(self) -> frozenset[int]:
        """The 前提 steps, with what goes on from them: nothing is tested there yet."""
        found: set[int] = set()
        setup = False
        for index, step in enumerate(self.steps):
            if step.keyword not in _CONTINUES:
                setup = step.keyword == "前提"
            if setup:
                found.add(index)
        return frozenset(found)


class Resumed(_Event):
    """A run that was cut off goes on: all that follows belongs to the same run.

    ``spent_s``: seconds that it had taken until then; ``torn_bytes``: length of
    a last line that was cut while being written, and left out.
    """

    event: Literal["resumed"] = "resumed"
    spent_s: float
    torn_bytes: int = 0
    environment: dict[str, str] = Field(default_factory=dict)


class ScenarioStarted(_Event):
    """A scenario begins; ``attempt`` counts from 0.

    ``instead_of`` is the attempt whose place this one takes, because that one
    was cut off, never reached, or failed for the environment's sake.
    """

    event: Literal["scenario_started"] = "scenario_started"
    scenario_id: str
    attempt: int = 0
    instead_of: int | None = None
    sut_time: str | None = None


StepStatus = Literal["passed", "failed", "skipped", "undefined", "ambiguous", "pending"]


class StepFinished(_Event):
    """A step ended. ``index`` counts the scenario's steps from 0, background included.

    ``screen``: key of the screen that was recognised last, empty where none was (and in
    older journals): by it a step can be compared with that of another system.
    """

    event: Literal["step_finished"] = "step_finished"
    scenario_id: str
    attempt: int = 0
    index: int
    keyword: str
    text: str
    line: int
    status: StepStatus
    duration_s: float
    message: str = ""
    screen: str = ""


class CustomerUsed(_Event):
    """A customer took part, with this token in hand; again when the token is another one.

    Login ID and serial are no secrets: staff need them to find what the product did.
    Older journals just have none; so it is with the next two.
    """

    event: Literal["customer_used"] = "customer_used"
    scenario_id: str
    attempt: int = 0
    step_index: int
    name: str
    login_id: str
    serial: str = ""


class DeclaredRead(_Event):
    """A declared value was read, for the first time in the scenario.

    ``line`` of the declaration's file, 0 where the file leaves it to its default;
    ``decides``: it chose the row of a table 宣言 | 結果.
    """

    event: Literal["declared_read"] = "declared_read"
    scenario_id: str
    attempt: int = 0
    step_index: int
    key: str
    value: str
    line: int = 0
    decides: bool = False


class SentField(BaseModel):
    """One named value of a request; ``label``: what the page calls it. Secret values: ＊＊＊."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    label: str = ""
    value: str = ""


class Exchanged(_Event):
    """A request and its answer, of a step that did not pass or the latest before it that sent any.

    ``address`` has neither query nor fragment: a query's values are among ``fields``.
    ``unsent``: what the form has and the request has not. ``status``: None without an
    answer. ``sent_at``: by the harness machine's time (RFC 3339).
    """

    event: Literal["exchanged"] = "exchanged"
    scenario_id: str
    attempt: int = 0
    step_index: int
    sent_at: str
    method: str
    address: str
    status: int | None = None
    fields: list[SentField] = Field(default_factory=list)
    unsent: list[str] = Field(default_factory=list)


class CodeSent(_Event):
    """A code went out, was answered, and when: never the code itself.

    Time steps are numbered as in RFC 6238 (T0 = 0): when the code was chosen,
    sent and answered, in the system's time. ``since_start_s`` and
    ``until_end_s``: seconds from and to the edges of the step of sending.
    ``edge``: it met an edge, which excuses the product. ``made``: how the code was come by,
    in the words of the sentences (新しい, 誤った, 許容幅より一つ古い); readers must see a wrong
    one as wrong. Without ``journal_version`` of its own: older journals just have none.
    """

    event: Literal["code_sent"] = "code_sent"
    scenario_id: str
    attempt: int = 0
    step_index: int
    chosen_step: int
    time_step: int
    answered_step: int
    since_start_s: float
    until_end_s: float
    edge: bool = False
    made: str = ""


class Reconnected(_Event):
    """A page did not answer for a moment and was asked for again (つなぎ直し).

    ``number`` counts from 1 within one page; ``paused_s``: seconds before it;
    ``why``: what had gone wrong. Older journals just have none.
    """

    event: Literal["reconnected"] = "reconnected"
    scenario_id: str
    attempt: int = 0
    step_index: int
    number: int
    paused_s: float
    why: str


class Check(_Event):
    """One judged fact. ``role`` tells a refusal and its control apart from the rest."""

    event: Literal["check"] = "check"
    scenario_id: str
    attempt: int = 0
    step_index: int
    name: str
    role: Literal["fact", "refusal", "control"] = "fact"
    requirements: list[str]
    verdict: Verdict
    cause: Cause | None = None
    expected: str = ""
    observed: str = ""
    sut_time: str | None = None
    evidence: list[str] = Field(default_factory=list)


class Evidence(_Event):
    """Something kept for readers: ``file`` is relative to the run's folder.

    ``marks``: where on the picture the page's title and messages stand, by which a screen
    is described: left, top, width, height in ten-thousandths of it. Older journals have none.
    """

    event: Literal["evidence"] = "evidence"
    scenario_id: str
    attempt: int = 0
    step_index: int
    evidence_id: str
    label: str
    media_type: str
    file: str = ""
    sha256: str = ""
    address: str = ""
    http_status: int | None = None
    sut_time: str | None = None
    marks: list[tuple[int, int, int, int]] = Field(default_factory=list)


class Consumed(_Event):
    """What a scenario used up: customers, tokens, codes, attempts, staff's work, time.

    ``amounts``: sums by key (`otp_conformance.assets.consumption.Spent.key`). Absent
    from journals of earlier versions, and where nothing was used up.
    """

    event: Literal["consumed"] = "consumed"
    version: int = 1
    scenario_id: str
    attempt: int = 0
    amounts: dict[str, int]


class ScenarioFinished(_Event):
    """A scenario ended with its one verdict.

    ``cut_short``: the run ended in the middle of it; ``due``: the moment (RFC
    3339) from which on it could be carried out. Both call for another attempt.
    """

    event: Literal["scenario_finished"] = "scenario_finished"
    scenario_id: str
    attempt: int = 0
    verdict: Verdict
    cause: Cause | None = None
    suite_fault: bool = False
    expected: str = ""
    observed: str = ""
    hint: str = ""
    failing_step: str = ""
    cut_short: bool = False
    due: str | None = None
    duration_s: float


class RunFinished(_Event):
    """Footer: its absence tells readers that the run was cut off.

    One that `Resumed` follows no longer counts.

    ``journal_sha256`` is the hash of all bytes before this line.
    """

    event: Literal["run_finished"] = "run_finished"
    verdict: Verdict
    exit_code: int
    duration_s: float
    journal_sha256: str


Event = Annotated[
    RunStarted
    | Source
    | ScenarioPlanned
    | Resumed
    | ScenarioStarted
    | StepFinished
    | CustomerUsed
    | DeclaredRead
    | Exchanged
    | CodeSent
    | Reconnected
    | Check
    | Evidence
    | Consumed
    | ScenarioFinished
    | RunFinished,
    Field(discriminator="event"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
