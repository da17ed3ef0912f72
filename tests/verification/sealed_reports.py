"""Sealed reports for the tests of verifying: printed once for the same order."""

import os
from functools import lru_cache

import msgspec

from assessment.domain.report import ReportDetails
from assessment.domain.verification.provenance import ReportContents, hash_content, strip_careless_log
from assessment.errors import InvalidError
from assessment.services.reports import report_verification
from assessment.services.reports.rendering import RenderJob, render_pdf
from tests import reports
from tests.verification.report_alterations import list_alterations

SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))  # `make soak` sets it: every combination, every figure
DETAILS = ReportDetails("Norden", "Autumn", reports.DATE, "1")


def make_render_job(case, audience="full", language="en", *, unsuppressed=False, details=DETAILS):
    release = msgspec.json.encode(reports.score_case(case, unsuppressed=unsuppressed))
    return RenderJob(ReportContents(strip_careless_log(release), details), hash_content(release), language, audience)


@lru_cache(maxsize=64)  # every worked case in both forms
def render_report(case, audience="full", language="en", *, unsuppressed=False):
    return render_pdf(
        reports.load_shipped_questionnaire(), make_render_job(case, audience, language, unsuppressed=unsuppressed)
    )


def find_questionnaire(_):
    return reports.load_shipped_questionnaire()


@lru_cache(maxsize=4)
def render_cached(packed):
    return render_pdf(reports.load_shipped_questionnaire(), msgspec.json.decode(packed, type=RenderJob))


def rerender(_, asked):
    """Print again, once for the same order."""
    return render_cached(msgspec.json.encode(asked, order="deterministic"))


def verify_bytes(content):
    """Result of verifying; None if it is refused."""
    try:
        return report_verification.verify_report(content, find_questionnaire, render=rerender)
    except InvalidError:
        return None


ALTERATIONS = dict(list_alterations(lambda: render_report("gap-50")))


@lru_cache(maxsize=128)
def alter_report(name):
    return ALTERATIONS[name](render_report("risk-36"))
