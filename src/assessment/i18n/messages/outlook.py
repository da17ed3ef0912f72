"""Messages of the outlook on roles and of the embedding."""

from assessment.i18n.messages.markers import N_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "outlook.class": N_("If nothing changes, roles head for “{name}” within {years} years"),
    "embedding.apart": N_("Embedding is at {score} of 100, “{name}”. {meaning}"),
    "embedding.shared": N_("Embedding is at {score} of 100, “{name}”. {meaning}"),
    "outlook.hidden": N_("Too few practitioners answered to say where roles will be in {years} years"),
    "outlook.none": N_("Where roles will be in {years} years can’t be said yet"),
    "outlook.consensus": N_("The outlook on roles is asked of people, so consensus mode leaves it out"),
    "note.scenario": N_("This is a scenario for the next {years} years, not a forecast."),
    "note.outlook-group": N_(
        "Independence: how much of the work would go on without the main network. "
        "Readiness: a named next role, and skills that belong to no channel. The point is the average of the group."
    ),
}
