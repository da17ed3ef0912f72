"""Messages of the summary for respondents."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    # For those who answered
    "summary.title": NN_("What the answers of {count} person show", "What the answers of {count} people show"),
    "summary.consensus": N_("What the functions of {organisation} agreed on"),
    "summary.asked": N_("How far social media has become a normal part of the work in {functions}."),
    "summary.dimensions": NN_("One aspect was examined: {dimensions}.", "{count} aspects were examined: {dimensions}."),
    "summary.first": NN_("The first action proposed: {actions}.", "The first actions proposed: {actions}."),
    "summary.settle": N_("One action is proposed first: {action}. The others are decided on after it."),
    "summary.owners": NN_(
        "The organisation is asked to name one person and a date for it. Ask who it is.",
        "The organisation is asked to name one person and a date for each of them. Ask who they are.",
    ),
    "summary.too-few": N_(
        "There were too few answers to propose an action; the organisation decides whether to ask more people."
    ),
    "summary.no-actions": N_("No action is called for now; the organisation decides when to ask again."),
    "summary.confidential": N_(
        "You answered by a personal link. Results are published for groups, not for single people."
    ),
    "summary.anonymous": N_("Nothing that was kept ties an answer to the person who was invited."),
    "summary.attributable": N_(
        "You were told before you began that answers can be seen with the person who gave them."
    ),
    "summary.records": N_("Each function agreed on one record, so nobody’s own answers were collected."),
    "summary.rule": N_("Results are shown only for groups of {needed} people or more."),
    "summary.rounded": N_(
        "Scores of items are rounded to the nearest {step}, "
        "which makes it hard to work out a single answer, but not impossible."
    ),
    "summary.open": N_("This summary was made with every figure open."),
}
