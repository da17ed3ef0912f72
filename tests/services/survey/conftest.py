"""A person who may have several drafts: confidential and anonymous."""

import pytest

from tests.services.survey.draft_case import PRIVATE, DraftCase


@pytest.fixture(params=PRIVATE)
def case(request, world, questionnaire, now):
    return DraftCase(world, questionnaire, request.param, now)
