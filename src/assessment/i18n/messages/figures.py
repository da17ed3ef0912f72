"""Messages of figures: reasons they are missing, bounds, labels, classes of agreement."""

from assessment.i18n.messages.markers import N_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "plain": "{text}",
    "quoted": N_("“{text}”"),
    # Why there is no figure
    "missing.hidden": N_("hidden: fewer than {needed} answers"),
    "missing.brief": N_("hidden"),
    "note.hidden": N_("Hidden: fewer than {needed} answers. The appendix says why."),
    "note.withheld": N_("Hidden where an answer could be worked out. The appendix says why."),
    "missing.one-side": N_("hidden: fewer than {needed} on one side"),
    "missing.withheld": N_("hidden: an answer could be worked out"),
    "missing.not-valid": N_("too few answers"),
    "missing.out-of-scope": N_("does not apply"),
    "bound.at-most": N_("{value} or less"),
    "bound.at-least": N_("{value} or more"),
    # Every form of the unit of scores that follows a number in a sentence, separated by spaces
    "unit.forms": N_("point points"),
    "share.none": N_("nobody"),
    "share.some": N_("some"),
    "share.half-or-more": N_("half or more"),
    # Labels of key figures
    "label.score": N_("Score"),
    "level.of": N_("level {level}"),
    "level.withheld": N_("level withheld"),
    "label.coverage": N_("Coverage"),
    "label.people": N_("People counted"),
    "label.taking-part": N_("Took part"),
    "label.embedding": N_("Embedding"),
    "label.embedding-function": N_("Embedding"),
    "label.balance": N_("Balance"),
    "label.hand-offs": N_("Hand-offs"),
    "label.hand-offs-whole": N_("Hand-offs, all functions"),
    "label.agreement": N_("Agreement"),
    "label.gap-size": N_("Average size of gap"),
    "label.gap-signed": N_("Average direction"),
    "label.leader-dont-know": N_("Leaders’ “I don’t know”"),
    "label.goal-agreement": N_("Agreement on purpose"),
    "label.risk": N_("Set up to fail"),
    "label.red-flags": N_("Commit without written limits"),
    "label.share-high": N_("People with a risk of {cut} or more"),
    "agreement.none": N_("none"),
    "agreement.weak": N_("weak"),
    "agreement.moderate": N_("moderate"),
    "agreement.strong": N_("strong"),
    "agreement.very-strong": N_("very strong"),
}
