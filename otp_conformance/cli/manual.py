"""``otp-conformance manual``: the manual as a page, with a run's verdicts in their places."""

from __future__ import annotations

from pathlib import Path

import click

from otp_conformance.cli import bundle
from otp_conformance.cli.across import page_folder, write_page
from otp_conformance.cli.bilingual import BilingualCommand, common_options, option
from otp_conformance.cli.choosing import manual_option
from otp_conformance.cli.console import echo, table, verdict_word
from otp_conformance.cli.institution import read_mapping, read_text
from otp_conformance.errors import UsageError
from otp_conformance.language import Text, say
from otp_conformance.report.digest import digest
from otp_conformance.report.history import history
from otp_conformance.report.manual_page import Told, page, since
from otp_conformance.report.outline import Outline, Spot, outline
from otp_conformance.report.placing import How, Placing, place
from otp_conformance.report.placing import Told as Mapped
from otp_conformance.report.results import count, results
from otp_conformance.run.folder import LATEST, find_run, require_intact
from otp_conformance.run.request import EarlierRun
from otp_conformance.specification.catalogue.model import Catalogue

PAGE = "manual.html"
_REPORTS = Path("reports")
_MOST_NAMED = 10


@click.command(
    "manual",
    cls=BilingualCommand,
    text=Text(
        "手順書を一つのページにし、要件ごとの判定をその場所に示します（省略すると最新の実行）。\n"
        "--text で手順書の本文を渡すと、本文の行の横に判定を示します。",
        "Make a page of the manual, each requirement's verdict in its place (default: the "
        "latest run).\nGiven the manual's text with --text, the verdicts stand beside its lines.",
    ),
)
@click.argument("run_dir", metavar="[RUN]", default=None, required=False)
@option("--no-run", is_flag=True, ja="実行を使わず、判定なしで作ります。", en="Without verdicts.")
@option(
    "--text",
    "text_file",
    metavar="FILE",
    ja="手順書の本文（UTF-8 か CP932 のテキスト）。書き写されるのはこのページにだけです。",
    en="The manual's own text (UTF-8 or CP932). It is copied into this page only.",
)
@option(
    "--mapping",
    "mapping_file",
    metavar="FILE",
    ja="本文のどの行がどの要件・見出しかを書いた TOML（--text とともに）。",
    en="TOML that tells which lines are which requirements or headings (with --text).",
)
@option(
    "--history",
    "history_folder",
    metavar="FOLDER",
    ja="いつからその判定かを、このフォルダーの実行から示します。",
    en="Tell since when each verdict holds, from the runs of this folder.",
)
@manual_option
@page_folder
@common_options
def manual_command(
    run_dir: str | None,
    text_file: str | None,
    mapping_file: str | None,
    history_folder: str | None,
    manual_folder: str | None,
    folder: str,
    *,
    no_run: bool,
) -> int:
    """Write the page and tell what could not be placed."""
    _require_sense(run_dir, text_file, mapping_file, history_folder, no_run=no_run)
    run = None if no_run else _run(run_dir)
    manual = bundle.manual_in(manual_folder)
    catalogue = bundle.catalogue(manual)
    known = outline(catalogue.requirements.values(), manual)
    placing = _placing(text_file, mapping_file, known, catalogue)
    told = None if run is None else _told(run, catalogue, history_folder)
    _print(catalogue, told, placing)
    write_page(
        Path(folder),
        PAGE,
        lambda here: page(
            catalogue,
            known,
            told,
            placing,
            text_name=Path(text_file).name if text_file else "",
            here=here,
        ),
    )
    if run is not None:
        require_intact(run)
    return 0


def _require_sense(
    run_dir: str | None,
    text_file: str | None,
    mapping_file: str | None,
    history_folder: str | None,
    *,
    no_run: bool,
) -> None:
    if mapping_file and not text_file:
        raise UsageError(
            "--mapping は --text とともに指定してください。", "--mapping goes with --text."
        )
    if no_run and (run_dir or history_folder):
        raise UsageError(
            "--no-run は、RUN や --history とともには使えません。",
            "--no-run goes with neither RUN nor --history.",
        )


def _run(given: str | None) -> EarlierRun | None:
    """Return the run that is asked for; without a word the latest, if there is one."""
    if given is None and not (_REPORTS / LATEST).exists():
        return None
    found = find_run(given or LATEST, _REPORTS)
    if found.journal.header.judges_a_set:
        judged = found.journal.header.set
        raise UsageError(
            f"実行 {found.run_id} は手順書を越える要件のセット {judged} の判定で、手順書の中に"
            "場所がありません。手順書そのものの実行を指定してください。",
            f"Run {found.run_id} judged the set {judged} beyond the manual, whose requirements "
            "have no place in it. Name a run of the manual itself.",
        )
    return found


def _told(run: EarlierRun, catalogue: Catalogue, history_folder: str | None) -> Told:
    mine = digest(run.run_dir, run.journal, catalogue)
    if history_folder is None:
        return Told(mine, results(run.journal, catalogue), {})
    place_of_runs = Path(history_folder)
    if not place_of_runs.is_dir():
        raise UsageError(
            f"--history の {place_of_runs} というフォルダーはありません。",
            f"--history: there is no folder {place_of_runs}.",
        )
    earlier = [each for s in history(place_of_runs, catalogue).series for each in s.runs]
    return Told(mine, results(run.journal, catalogue), since(mine, earlier))


def _placing(
    text_file: str | None, mapping_file: str | None, known: Outline, catalogue: Catalogue
) -> Placing | None:
    if text_file is None:
        return None
    text = read_text(Path(text_file))
    if mapping_file is None:
        return place(text, known, Mapped())
    names = {Spot(section.path).name for section in known.sections}
    names |= {spot.name for spot in known.requirements}
    mapped = read_mapping(Path(mapping_file), text, names, catalogue.requirements)
    return place(text, known, mapped)


def _print(catalogue: Catalogue, told: Told | None, placing: Placing | None) -> None:
    if told is None:
        echo(say("実行がないので、判定はありません。", "No run: there are no verdicts."), "yellow")
    else:
        verified = [r for r in told.results.requirements if r.contributions]
        counts = count(r.verdict for r in verified)
        rows = [[verdict_word(verdict), str(n)] for verdict, n in counts.items()]
        rows.append(
            [say("判定なし", "no verdict"), str(len(catalogue.requirements) - len(verified))]
        )
        echo(
            say(f"実行 {told.run.run_id} の要件", f"Requirements, run {told.run.run_id}"), bold=True
        )
        table(rows, indent=2, numbers=True)
        if not told.run.whole:
            echo(
                say(
                    "選んだ範囲だけか、途中で終わった実行です。手順書全体の判定ではありません。",
                    "A selection, or cut off: no verdict of the whole manual.",
                ),
                "yellow",
            )
    if placing is not None:
        _print_placing(placing)


def _print_placing(placing: Placing) -> None:
    echo(say("本文の中の場所", "Places in the text"), bold=True)
    table([[str(how.text), str(placing.count(how))] for how in How], indent=2, numbers=True)
    tried, fit = placing.numbers_fit
    if placing.shift is None:
        echo(
            say(
                f"要件一覧の行番号は使っていません（{tried} 件のうち、この本文に合うのは {fit} 件。"
                "見出しがすべて見つかり、すべて合うときだけ使います）。",
                f"The line numbers of the requirement list are not used: {fit} of {tried} fit "
                "this text, and it takes all of them and every heading.",
            ),
            "yellow",
        )
    if placing.unfound:
        names = [each.spot.name for each in placing.unfound]
        more = f" … ({len(names)})" if len(names) > _MOST_NAMED else ""
        echo(
            say("見つからない見出し: ", "Headings not found: ")
            + "、".join(names[:_MOST_NAMED])
            + more,
            "yellow",
        )
    if not all(placed.how.settled for placed in placing.placed.values()):
        echo(
            say(
                "対応づけ（--mapping）で補えます。書き方は docs/results.ja.md とページの終わりに"
                "あります。",
                "A mapping file (--mapping) can add them; see docs/results.md and the page's end.",
            )
        )
