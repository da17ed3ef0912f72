"""What a form of the survey brings: fields are named as columns of the CSV (`CS-P1`, `CS-P1:reason`)."""

from collections.abc import Mapping

from msgspec import Struct

from assessment.domain.answers import EVIDENCE
from assessment.errors import InvalidError, Problem
from assessment.web.survey.sections import DONT_KNOW, NOT_APPLICABLE, SOLID, Held, Question

REASON_MOST = 500
SEQUENCE_MOST = 1_000_000

Form = Mapping[str, str]


class Entry(Struct, frozen=True):
    """One answer as it was sent; value empty: not answered."""

    item: str
    value: str
    reason: str
    evidence: str
    sequence: int

    def differs(self, held: Held) -> bool:
        """Tell whether it says something else than what is held."""
        return (self.value, self.reason, self.evidence) != (held.value, held.reason, held.evidence)


def entry(form: Form, question: Question) -> Entry:
    """Read one question's answer; `InvalidError` for what our own pages never send."""
    value = form.get(question.id, "")
    allowed = {"", DONT_KNOW, NOT_APPLICABLE, *(choice.value for choice in question.choices)}
    if value not in allowed:
        raise InvalidError("This answer is not among the choices.", [Problem("unknown value", column=question.id)])
    return Entry(
        item=question.id,
        value=value,
        reason=_reason(form, question.id) if value == NOT_APPLICABLE else "",
        evidence=_evidence(form, question.id) if value in SOLID and question.prompts_evidence else "",
        sequence=_sequence(form, question.id),
    )


def _reason(form: Form, item: str) -> str:
    """A few words; NUL never reaches a database, and length is bounded."""
    return form.get(f"{item}:reason", "").replace("\0", "").strip()[:REASON_MOST]


def _evidence(form: Form, item: str) -> str:
    kind = form.get(f"{item}:evidence", "")
    return kind if kind in EVIDENCE else ""


def _sequence(form: Form, item: str) -> int:
    text = form.get(f"{item}:sequence", "0")
    if not text.isascii() or not text.isdecimal() or int(text) > SEQUENCE_MOST:
        raise InvalidError("This form is damaged. Reload the page.", [Problem("bad sequence", column=item)])
    return int(text)
