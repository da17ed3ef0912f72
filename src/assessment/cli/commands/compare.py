"""`assessment compare`: compare two files of responses as two waves, without server or database."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from assessment.cli.support import inputs
from assessment.cli.support.dates import DATE
from assessment.cli.support.exit_codes import CommandError
from assessment.cli.support.lazy_groups import CommandWithExamples
from assessment.cli.support.messages import translate_text as _
from assessment.domain.closed_sets import Mode
from assessment.errors import Problem

if TYPE_CHECKING:
    from assessment.cli.support.inputs import ScoringInput
    from assessment.domain.comparison.attribution import ScoredWave

EXAMPLES = (
    "assessment compare spring.csv autumn.csv",
    "assessment compare spring.csv autumn.csv --earlier-date 2026-04-30 --date 2026-10-31",
    "assessment compare full.csv pulse.csv --earlier-questionnaire ./my-questionnaire",
    "assessment compare spring.csv autumn.csv --settings client.toml --json > changes.json",
)
TOML_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class ComparisonOptions(Struct, frozen=True):
    """Options that apply to both waves; `dates` are of the earlier and the later one."""

    dates: tuple[str | None, str | None]
    unsuppressed: bool


@click.command("compare", cls=CommandWithExamples, examples=EXAMPLES)
@click.argument("earlier", type=click.Path(exists=True, dir_okay=False), metavar="EARLIER.csv")
@partial(inputs.add_options, file_name="LATER.csv")
@click.option(
    "--earlier-questionnaire",
    metavar="ID[@VERSION]|PATH",
    help=_("The questionnaire of the earlier wave, if it was a different one."),
)
@click.option(
    "--earlier-settings",
    type=TOML_FILE,
    metavar="FILE.toml",
    help=_("Settings of the earlier wave, if they were different."),
)
@click.option("--earlier-date", type=DATE, metavar="YYYY-MM-DD", help=_("The date of the earlier answers."))
@click.option("--unsuppressed", is_flag=True, help=_("Hide and round nothing: for those who have the answers anyway."))
@click.option("--json", "as_json", is_flag=True, help=_("The comparison as JSON, for programs; as the API gives it."))
def compare_files(  # noqa: PLR0913 - one parameter per option
    earlier: str,
    responses: str,
    questionnaire: str | None,
    settings: Path | None,
    minimum_group: int | None,
    date: datetime | None,
    *,
    earlier_questionnaire: str | None,
    earlier_settings: Path | None,
    earlier_date: datetime | None,
    unsuppressed: bool,
    as_json: bool,
) -> None:
    """Compare two waves: what changed, by how much, why, and what can't be said.

    Both are scored on the items they share, with the settings of the later one. A change counts where it is large
    enough, and beyond chance. Figures about few people are hidden, as in every report; --unsuppressed shows all.
    """
    from assessment.cli.support import comparison_text
    from assessment.domain.comparison.attribution import attribute_changes
    from assessment.domain.comparison.published_scores import find_rescoring_reasons, list_published_scores
    from assessment.domain.comparison.wave_report import build_wave_report
    from assessment.domain.comparison.waves import compare_waves, compute_common_shares
    from assessment.domain.report import EarlierWave, ReportDetails, build_report
    from assessment.i18n import get_translator

    if unsuppressed and minimum_group is not None:
        raise click.UsageError(_("--minimum-group says what to hide, --unsuppressed hides nothing: choose one."))
    if earlier_date and date and earlier_date > date:
        raise click.UsageError(_("--earlier-date is after --date: name the earlier file first."))
    later = inputs.read_input(responses, questionnaire, settings, minimum_group)
    earlier_name = earlier_questionnaire or questionnaire
    own_settings = earlier_settings or (settings if later.settings.mode == Mode.CONSENSUS else None)
    before = _share_settings(
        inputs.read_input(earlier, earlier_name, own_settings, minimum_group), later, earlier_settings
    )
    if not compute_common_shares(later.questionnaire, before.questionnaire)[0]:
        message = _("The two questionnaires share no items, so nothing can be compared.")
        remedy = _("Give the right ones with --questionnaire and --earlier-questionnaire.")
        raise CommandError(message, [Problem(f"{before.questionnaire.id}, {later.questionnaire.id}.", remedy)])
    asked = ComparisonOptions((_format_date(earlier_date), _format_date(date)), unsuppressed)
    sides = _measure_input(before, asked.dates[0], asked), _measure_input(later, asked.dates[1], asked)
    split = attribute_changes(*sides)
    if as_json:
        wave_report = build_wave_report(sides[0].wave, sides[1].wave, split)
        click.echo(msgspec.json.format(msgspec.json.encode(wave_report), indent=2))
        return
    translator = get_translator(later.settings.language)
    details = ReportDetails(organisation=translator.gettext("The organisation"), date=asked.dates[1])
    since = EarlierWave(
        compare_waves(sides[0].wave, sides[1].wave),
        split,
        date=asked.dates[0],
        published=list_published_scores(sides[0].wave),
        reasons=find_rescoring_reasons(sides[0].wave, sides[1].wave),
    )
    result = sides[1].wave.result
    report = build_report(later.questionnaire, result, details, later.settings.language, earlier=since)
    click.echo(
        "\n".join(
            comparison_text.format_comparison(
                report, translator, compute_common_shares(later.questionnaire, before.questionnaire)[0]
            )
        )
    )


def _share_settings(earlier: ScoringInput, later: ScoringInput, settings: Path | None) -> ScoringInput:
    """Apply the later wave's settings to the earlier one, if it has the same questionnaire and none of its own."""
    if settings is not None or earlier.questionnaire.digest != later.questionnaire.digest:
        return earlier
    return replace(earlier, settings=later.settings)


def _format_date(date: datetime | None) -> str | None:
    return date.date().isoformat() if date else None


def _measure_input(case: ScoringInput, date: str | None, asked: ComparisonOptions) -> ScoredWave:
    from assessment.domain.comparison.attribution import ScoredWave
    from assessment.domain.comparison.waves import Wave
    from assessment.domain.method import compute_intermediates, score_answers

    scoring_input = (case.questionnaire, case.answers, case.settings)
    result = score_answers(*scoring_input, date=date, unsuppressed=asked.unsuppressed)
    return ScoredWave(
        Wave(case.questionnaire, result), compute_intermediates(*scoring_input, unsuppressed=asked.unsuppressed)
    )
