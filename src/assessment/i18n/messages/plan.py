"""Messages of the plan: quadrants of effort and impact, next steps."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "quadrant.quick": N_("Quick wins"),
    "quadrant.big": N_("Big bets"),
    "quadrant.small": N_("Small steps"),
    "quadrant.later": N_("Where there is room"),
    "step.read-out": N_("Show the results to everyone who answered."),
    "step.owners": NN_(
        "Name one person and a date for the action that starts now.",
        "Name one person and a date for each of the {count} actions that start now.",
    ),
    "step.owner": N_("Name one person and a date for {action}."),
    "step.council": N_("Talk the plan through with the works council, where there is one."),
    "step.review": N_("First review: what has begun, and what is in the way?"),
    "step.next-wave": N_("Next wave: ask the same questions again."),
}
