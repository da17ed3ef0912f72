"""Links for many people at once, as CSV for a mail merge or as letters; shown once, only hashes are stored."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from msgspec import Struct
from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Questionnaire
from assessment.library import Library
from assessment.policies import CONSULTANT
from assessment.services import assessing, inviting, timing
from assessment.services.inviting import Invited
from assessment.services.principals import Consultant
from assessment.services.shelf import questionnaire_for
from assessment.services.tabulating import plain
from assessment.settings import Settings
from assessment.storage.assessments import Assessment
from assessment.web.console.conflicts import keep_typed
from assessment.web.console.form import Form
from assessment.web.console.names import Names, names
from assessment.web.console.people import BASE, TEMPLATE, context
from assessment.web.console.refusals import RefusedError
from assessment.web.guards import KEEPS_FORM
from assessment.web.pages import page
from assessment.wording.sentences import N_

LETTERS = "console/letters.html"
LETTERS_MOST = 500
HEAD = ("name", "email", "role", "areas", "link")


class Letter(Struct, frozen=True):
    """Letter to one person: link, its QR code, and the estimated minutes (from, to)."""

    name: str
    link: str
    code: Markup
    minutes: tuple[int, int]


@post(f"{BASE}/links", name="console:links", policy=CONSULTANT, sync_to_thread=True, opt={KEEPS_FORM: True})
def make_links(
    assessment_id: FromPath[str],
    writing: NamedDependency[Session],
    consultant: NamedDependency[Consultant],
    library: NamedDependency[Library],
    form: NamedDependency[Form],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Make a link for each invitation that has none, or one more for everyone, and return all new links."""
    if form.is_returned:
        return page(TEMPLATE, **context(writing, consultant, library, assessment_id, form=form))
    to_print = form.text("as") == "letters"
    with keep_typed(writing, consultant, form, None, assessment_id):
        made = inviting.new_links(
            writing, consultant.workspace_id, assessment_id, now, everyone=form.text("who") == "everyone"
        )
    refusal = _refusal(made, to_print=to_print)
    if refusal:
        raise RefusedError(
            TEMPLATE, [("who", refusal)], context(writing, consultant, library, assessment_id, form=form)
        )
    assessment = assessing.get(writing, consultant.workspace_id, assessment_id)
    questionnaire = questionnaire_for(writing, assessment, library)
    start = f"{settings.public_url.rstrip('/')}/s/"
    if not to_print:
        content = _table(made, names(questionnaire, assessment, consultant.language), start)
        headers = {"content-disposition": f'attachment; filename="links-{assessment_id}.csv"'}
        return Response(content, media_type="text/csv", headers=headers)
    return page(
        LETTERS,
        consultant=consultant,
        assessment=assessment,
        letters=_letters(writing, assessment, made, questionnaire, start),
    )


def _refusal(made: Sequence[Invited], *, to_print: bool) -> str:
    if not made:
        return N_("Everyone has a link. Choose “everyone” to make one more for each.")
    if to_print and len(made) > LETTERS_MOST:
        return N_("At most 500 letters can be made at once. Take the file, and print letters from it.")
    return ""


def _table(made: Sequence[Invited], known: Names, start: str) -> bytes:
    """Write CSV with a byte order mark, so that Excel reads UTF-8, and with formulas escaped."""
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(HEAD)
    for each in made:
        who = each.invitation
        areas = "; ".join(known.function(function) for function in who.functions)
        texts = (who.name or "", who.email or "", known.role(who.role), areas, f"{start}{each.token}")
        out.writerow([plain(text) for text in texts])
    return file.getvalue().encode("utf-8-sig")


def _letters(
    session: Session, assessment: Assessment, made: Sequence[Invited], questionnaire: Questionnaire, start: str
) -> list[Letter]:
    """Build the letters; estimates are cached by role and functions."""
    minutes: dict[tuple[str, tuple[str, ...]], tuple[int, int]] = {}
    letters = []
    for each in made:
        asked_of = (each.invitation.role, tuple(each.invitation.functions))
        if asked_of not in minutes:
            minutes[asked_of] = timing.estimate_minutes(
                session, assessment.workspace_id, questionnaire, *asked_of, assessment.language
            )
        letters.append(_letter(each, minutes[asked_of], start))
    return letters


def _letter(made: Invited, minutes: tuple[int, int], start: str) -> Letter:
    who = made.invitation
    link = f"{start}{made.token}"
    code = segno.make_qr(link, error="m").svg_inline(border=4, omitsize=True, light="#fff", svgclass="qr")
    return Letter(who.name or who.email or "", link, Markup(code), minutes)  # noqa: S704  # SVG generated from our own link
