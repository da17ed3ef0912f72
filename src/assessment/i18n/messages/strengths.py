"""Messages of the strengths."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "strengths.few": NN_(
        "{places} stands at level {level} or above: keep it while other things change",
        "{places} stand at level {level} or above: keep them while other things change",
    ),
    "strengths.many": NN_(
        "{count} dimension stands at level {level} or above: keep it while other things change",
        "{count} dimensions stand at level {level} or above: keep them while other things change",
    ),
    "strengths.without": NN_(
        "{title}; {functions} is left out, because answers diverge",
        "{title}; {functions} are left out, because answers diverge",
    ),
    "strengths.none": N_("No dimension stands at level {level} or above yet"),
    "strengths.contested": N_("What is worth keeping is not clear yet: answers diverge in {functions}"),
    "strengths.unknown": N_("Too few answers yet to say what is worth keeping"),
    "strength.items": N_("{dimension} in {function} ({score}): {items}"),
    "strength.score": N_("{dimension} in {function} ({score})"),
}
