"""Names of the places where a consultant's texts stand in reports."""

from assessment.i18n.messages import N_
from assessment.i18n.translator import Translator

REMARK_LABELS = {
    "answer": N_("Summary on the answer page"),
    "targets": N_("Targets"),
    "heatmap": N_("Heatmap"),
    "gap": N_("Leaders and practitioners"),
    "authority": N_("Authority and support"),
    "hand-offs": N_("Hand-offs"),
    "outlook": N_("Outlook"),
    "roadmap": N_("Roadmap"),
    "change": N_("Since the last wave"),
    "next": N_("What happens next, for the people who answered"),
}


def name_remark_place(place: str, translator: Translator) -> str:
    """Name a place; return `place` itself if it has no name, such as the id of a function."""
    return translator.gettext(REMARK_LABELS[place]) if place in REMARK_LABELS else place
