"""Messages of the roadmap and its advice: reasons, figures and goals."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "roadmap.first": NN_("One action is advised: {first}", "{count} actions are advised: start with {first}"),
    "roadmap.urgent": NN_(
        "{count} of {total} actions is urgent: {first}", "{count} of {total} actions are urgent: start with {first}"
    ),
    "roadmap.all-urgent": NN_(
        "The one action is urgent: {first}", "All {count} actions are urgent: start with {first}"
    ),
    "roadmap.settle": NN_(
        "The decision to take first: {first}", "{count} actions; the decision to take first: {first}"
    ),
    "note.urgent": N_("{action} is urgent even where averages look calm. What calls for it: {reason}."),
    "note.urgent-too": N_("{action} is urgent, too: {reason}."),
    "about.lowest": NN_("The weakest function: {functions}.", "Lowest, and too close to tell apart: {functions}."),
    "about.target-only": N_("No figure calls for this: only the target level does."),
    "about.contested": N_("Answers diverge in {functions}."),
    "note.next-start": N_("Dates of goals assume that what starts next begins on {date}, a quarter after the start."),
    "note.reworded": N_("Action {place} is worded by the consultant; computed: {title}."),
    "note.own-order": N_("The order is the consultant’s, not that of the computed priorities."),
    "note.dropped": NN_(
        "The consultant left out one computed action: {actions}.",
        "The consultant left out {count} computed actions: {actions}.",
    ),
    "goal.from": N_("{cut} or more"),
    "goal.above": N_("more than {cut}"),
    "goal.below": N_("less than {cut}"),
    "goal.dated": N_("{figure}: {value} today; goal: {goal} by {date}."),
    "goal.open": N_("{figure}: {value} today; goal: {goal}."),
    "goal.proxy.dated": N_("In this report, “{figure}”: {value} today; goal: {goal} by {date}."),
    "goal.proxy.open": N_("In this report, “{figure}”: {value} today; goal: {goal}."),
    "note.baseline": N_(
        "An indicator that this report doesn’t measure has no baseline yet: count it once at the start. "
        "Until then, the figure of this report that calls for the action stands in for it."
    ),
    "roadmap.none": N_("No rule calls for action at present"),
    "roadmap.unknown": N_("Too little is known yet to advise any action"),
    "fired.below": N_("{figure}: {value}, below {cut}"),
    "fired.at-most": N_("{figure}: {value} (up to {cut}, action is needed)"),
    "fired.at-least": N_("{figure}: {value} (from {cut} on, action is needed)"),
    "fired.band": N_("{figure}: {value} (from {cut} on, action is needed)"),
    "figure.item": "{item}",
    "finding.item-below": N_("{function} scores {value} on “{item}”, below {cut}"),
    "finding.item-at-most": N_("{function} scores {value} on “{item}” (up to {cut}, action is needed)"),
    "finding.asked-below": N_("“{item}” scores {value}, below {cut}"),
    "finding.agreement": N_("Answers diverge in {places}: agreement is below {cut}"),
    "finding.coverage": N_("Too little was answered in {places}: coverage is below {cut}"),
    "place.value": "{function} ({value})",
    "finding.function-below": N_("{function} scores {value}, below {cut}"),
    "finding.below": N_("{figure} is at {value}, below {cut}"),
    "figure.dimension": N_("{dimension} in {function}"),
    "figure.lowest-function": N_("Score of the lowest function"),
    "figure.function": N_("Score of {function}"),
    "figure.hand-off": N_("Hand-offs of {function}"),
    "figure.worst-hand-off": N_("Weakest hand-off of {function}, {channel}"),
    "figure.embedding": N_("Embedding"),
    "figure.set-up-to-fail": N_("Set up to fail"),
    "figure.red-flags": N_("People who commit the company without written limits"),
    "figure.authority": N_("Authority"),
    "figure.support": N_("Support"),
    "figure.authority-minus-support": N_("Authority minus support"),
    "figure.confirmed-gap": N_("Gap between leaders and practitioners on {dimension}"),
    "figure.confirmed-gap-whole": N_("Gap between leaders and practitioners"),
    "figure.leader-dont-know": N_("Leaders who don’t know"),
    "figure.goal-agreement": N_("Agreement on the main purpose"),
    "figure.balance": N_("Balance between functions"),
    "figure.spread": N_("Spread between functions"),
    "figure.independence": N_("Independence of one network"),
    "figure.readiness": N_("Readiness for another role"),
    "figure.agreement": N_("Agreement among the people asked in {function}"),
    "figure.coverage": N_("Coverage of {function}"),
}
