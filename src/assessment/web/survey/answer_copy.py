"""Copy of a respondent's own answers as plain text, to download or print."""

from collections.abc import Iterator, Sequence

from assessment.i18n import Translator
from assessment.i18n.messages import N_
from assessment.services.survey.answer_validation import DONT_KNOW, NOT_APPLICABLE
from assessment.web.survey.survey_pages import Question, SurveyPage

INDENT = "    "
EVIDENCE_TEXTS = {
    "none": N_("Nothing to point to"),
    "described": N_("I can describe an example"),
    "document": N_("There is a document"),
    "data": N_("There is data"),
}


def render_copy(heading: str, pages: Sequence[SurveyPage], translator: Translator) -> str:
    """Render all questions with their answers, evidence and comments, one below the other."""
    return "\n".join([heading, "", *_iterate_lines(pages, translator)]).rstrip() + "\n"


def _iterate_lines(pages: Sequence[SurveyPage], translator: Translator) -> Iterator[str]:
    for page in pages:
        for part in page.parts:
            yield from (part.title, "")
            for question in part.questions:
                yield from (question.text, INDENT + _format_answer(question, translator), "")
        for comment in page.written_comments:
            name = (
                translator.gettext("Is there anything else you would like to say?")
                if comment.is_open
                else translator.gettext("Your comment on this section")
            )
            yield from (name, *(INDENT + line for line in comment.answer.reason.splitlines()), "")


def _format_answer(question: Question, translator: Translator) -> str:
    answer = question.answer
    if answer.value == DONT_KNOW:
        return translator.gettext("I don’t know")
    if answer.value == NOT_APPLICABLE:
        if answer.reason:
            return translator.gettext("Does not apply: %(reason)s") % {"reason": answer.reason}
        return translator.gettext("Does not apply")
    words = question.answer_label or translator.gettext("Not answered")
    return f"{words} ({translator.gettext(EVIDENCE_TEXTS[answer.evidence])})" if answer.evidence else words
