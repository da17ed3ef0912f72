"""Sealed reports for the tests of verifying: printed once for the same order."""

import os
from functools import lru_cache

import msgspec

from assessment.domain.provenance import Contents, digest, enclosed
from assessment.domain.report import Details
from assessment.errors import InvalidError
from assessment.services import verifying
from assessment.services.printing import Order, printed
from tests import reports
from tests.alterations import alterations

SOAK = bool(os.environ.get("ASSESSMENT_TEST_SOAK"))  # `make soak` sets it: every combination, every figure
DETAILS = Details("Norden", "Autumn", reports.DATE, "1")


def order(case, audience="full", language="en", *, unsuppressed=False, details=DETAILS):
    release = msgspec.json.encode(reports.result(case, unsuppressed=unsuppressed))
    return Order(Contents(enclosed(release), details), digest(release), language, audience)


@lru_cache(maxsize=16)
def report(case, audience="full", language="en", *, unsuppressed=False):
    return printed(reports.questionnaire(), order(case, audience, language, unsuppressed=unsuppressed))


def find(_):
    return reports.questionnaire()


@lru_cache(maxsize=4)
def kept(packed):
    return printed(reports.questionnaire(), msgspec.json.decode(packed, type=Order))


def again(_, asked):
    """Print again, once for the same order."""
    return kept(msgspec.json.encode(asked))


def verdict_on(content):
    """What verifying says; None where it refuses to look at it."""
    try:
        return verifying.verify(content, find, again=again)
    except InvalidError:
        return None


ALTERATIONS = dict(alterations(lambda: report("gap-50")))


@lru_cache(maxsize=128)
def altered(name):
    return ALTERATIONS[name](report("risk-36"))
