"""`assessment compare`: compare two files of responses as two waves, without server or database."""

from datetime import datetime
from functools import partial
from pathlib import Path

import click
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from assessment.cli import changes, inputs
from assessment.cli.days import DAY
from assessment.cli.failing import Failed
from assessment.cli.groups import WithExamples
from assessment.cli.inputs import Case
from assessment.cli.words import translate as _
from assessment.domain.answers import CONSENSUS
from assessment.domain.attribution import Measured, attribute
from assessment.domain.comparison import Wave, compare, in_common
from assessment.domain.method import measure, score
from assessment.domain.report import Details, Earlier, build
from assessment.domain.waves import waves
from assessment.errors import Problem
from assessment.wording import wording

EXAMPLES = (
    "assessment compare spring.csv autumn.csv",
    "assessment compare spring.csv autumn.csv --earlier-date 2026-04-30 --date 2026-10-31",
    "assessment compare full.csv pulse.csv --earlier-questionnaire ./my-questionnaire",
    "assessment compare spring.csv autumn.csv --settings client.toml --json > changes.json",
)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Asked(Struct, frozen=True):
    """Options that apply to both waves; `dates` are of the earlier and the later one."""

    dates: tuple[str | None, str | None]
    unsuppressed: bool


@click.command("compare", cls=WithExamples, examples=EXAMPLES)
@click.argument("earlier", type=click.Path(exists=True, dir_okay=False), metavar="EARLIER.csv")
@partial(inputs.options, file_name="LATER.csv")
@click.option(
    "--earlier-questionnaire",
    metavar="ID[@VERSION]|PATH",
    help=_("What was asked in the earlier wave, if it was something else."),
)
@click.option(
    "--earlier-settings", type=FILE, metavar="FILE.toml", help=_("Settings of the earlier wave, if they were others.")
)
@click.option("--earlier-date", type=DAY, metavar="YYYY-MM-DD", help=_("The day the earlier answers stand for."))
@click.option("--unsuppressed", is_flag=True, help=_("Hide and round nothing: for those who hold the answers anyway."))
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
    if unsuppressed and minimum_group is not None:
        raise click.UsageError(_("--minimum-group says what to hide, --unsuppressed hides nothing: choose one."))
    if earlier_date and date and earlier_date > date:
        raise click.UsageError(_("--earlier-date is after --date: name the earlier file first."))
    later = inputs.read(responses, questionnaire, settings, minimum_group)
    named = earlier_questionnaire or questionnaire
    own = earlier_settings or (settings if later.settings.mode == CONSENSUS else None)
    before = _before(inputs.read(earlier, named, own, minimum_group), later, earlier_settings)
    if not in_common(later.questionnaire, before.questionnaire)[0]:
        message = _("The two questionnaires share no items, so nothing can be compared.")
        remedy = _("Name the right ones with --questionnaire and --earlier-questionnaire.")
        raise Failed(message, [Problem(f"{before.questionnaire.id}, {later.questionnaire.id}.", remedy)])
    asked = Asked((_day(earlier_date), _day(date)), unsuppressed)
    sides = _measured(before, asked.dates[0], asked), _measured(later, asked.dates[1], asked)
    split = attribute(*sides)
    if as_json:
        found = waves(sides[0].wave, sides[1].wave, split)
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))
        return
    words = wording(later.settings.language)
    details = Details(organisation=words.gettext("The organisation"), date=asked.dates[1])
    since = Earlier(compare(sides[0].wave, sides[1].wave), split, date=asked.dates[0])
    result = sides[1].wave.result
    report = build(later.questionnaire, result, details, later.settings.language, earlier=since)
    click.echo("\n".join(changes.lines(report, words, in_common(later.questionnaire, before.questionnaire)[0])))


def _before(earlier: Case, later: Case, settings: Path | None) -> Case:
    """Apply the later wave's settings to the earlier one, if it has the same questionnaire and none of its own."""
    if settings is not None or earlier.questionnaire.digest != later.questionnaire.digest:
        return earlier
    return replace(earlier, settings=later.settings)


def _day(date: datetime | None) -> str | None:
    return date.date().isoformat() if date else None


def _measured(case: Case, date: str | None, asked: Asked) -> Measured:
    given = (case.questionnaire, case.answers, case.settings)
    result = score(*given, date=date, unsuppressed=asked.unsuppressed)
    return Measured(Wave(case.questionnaire, result), measure(*given, unsuppressed=asked.unsuppressed))
