"""Messages of the change since the last wave."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "note.actions-done": NN_(
        "One action of the last roadmap is done: {actions}.", "{count} actions of the last roadmap are done: {actions}."
    ),
    "note.actions-under-way": NN_(
        "One action of the last roadmap is under way: {actions}.",
        "{count} actions of the last roadmap are under way: {actions}.",
    ),
    "note.actions-not-begun": NN_(
        "One action of the last roadmap has not begun: {actions}.",
        "{count} actions of the last roadmap have not begun: {actions}.",
    ),
    "note.actions-dropped": NN_(
        "One action of the last roadmap was dropped: {actions}.",
        "{count} actions of the last roadmap were dropped: {actions}.",
    ),
    # Change since the last wave
    "change.up": N_("{organisation} has risen by {points} points since the last wave, from {earlier} to {later}"),
    "change.down": N_("{organisation} has fallen by {points} points since the last wave, from {earlier} to {later}"),
    "change.steady": N_("No change beyond chance since the last wave: {earlier} then, {later} now"),
    "change.unknown": N_("{earlier} in the last wave, {later} now; whether that is more than chance can’t be said"),
    "change.break": N_("The instrument has changed too much to compare {organisation} with the last wave"),
    "change.none": N_("{organisation} as a whole can’t be compared with the last wave"),
    "change.and": N_("{first}; {second}"),
    "change.functions": N_("{verdict}: {functions}"),
    "changed.up": N_("up"),
    "changed.down": N_("down"),
    "changed.no": N_("within chance"),
    "changed.unknown": N_("not tested"),
    "break.whole": N_(
        "Only {share} of the items are the same as in the last wave; {needed} are needed, so a break is drawn here."
    ),
    "break.dimension": N_(
        "{dimension}: only {share} of its items are the same as in the last wave ({needed} are needed), "
        "so it is not compared."
    ),
    "projection.reached": N_("Embedding has reached {goal}, the mark for a normal part of the functions."),
    "projection.years": N_("If embedding goes on rising at this pace, it reaches {goal} in {years} years."),
    "projection.none": N_(
        "The pace can’t be told from standing still, so no year is named. Reaching {goal} in time takes "
        "{needed} points a year."
    ),
    "projection.scenario": N_("A scenario, not a forecast."),
    "label.pace": N_("Embedding, points a year"),
    "label.needed-pace": N_("Points a year needed"),
    "note.change-published": N_("Published at the time, instead of “then” here: {figures}."),
    "published.whole": N_("{score} for the whole ({rescored} here)"),
    "published.figure": N_("{score} for {name} ({rescored} here)"),
    "note.change-rescored": N_("To compare like with like, “then” is computed again: {reasons}."),
    "rescored.items": N_("only items that both waves asked count"),
    "rescored.hidden": N_("items that one of the waves hides are left out of both"),
    "rescored.weights": N_("with the weights of this wave"),
    "rescored.rounding": N_("from published item scores, which are rounded"),
    "note.change-compared": N_(
        "Both waves are compared on the items that they share, with today’s weights; figures may differ a little "
        "from those elsewhere in the report."
    ),
    "note.change-tested": N_(
        "“Up” and “down”: at least {points} points, and more than chance explains. “Not tested”: one of the waves "
        "has no interval for the figure."
    ),
    "note.change-parts": N_(
        "Why it changed, in points: the same roles answering otherwise, another mix of roles, another instrument."
    ),
    "note.change-refused": NN_(
        "Why {functions} changed is not split up, because too few people of one role took part.",
        "Why {functions} changed is not split up, because too few people of one role took part.",
    ),
}
