"""Messages of who took part."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "participation.consensus": N_("Each function agreed on one record"),
    "participation.counted": NN_("The answers of {count} person count", "The answers of {count} people count"),
    "participation.invited": NN_(
        "The answers of {count} of {invited} invited people count",
        "The answers of {count} of {invited} invited people count",
    ),
    "taking-part.counted": NN_("The answers of {count} person count.", "The answers of {count} people count."),
    "taking-part.rule": N_(
        "Answers that were not sent count as well once {share} of what was asked has been answered."
    ),
    "taking-part.consensus": N_("Each function gave one record that its people had agreed on."),
    "invited.all": N_("Who was invited: {numbers}."),
    "invited.function": N_("{function}: {numbers}."),
    "invited.of-them": N_("{people}, of them {parts}"),
    "invited.and-more": N_("{people}; {more}"),
    "invited.people": NN_("{count} person", "{count} people"),
    "invited.mailed": N_("{people} by mail"),
    "invited.mailed-to": N_("{people} by mail at {domains}"),
    "invited.mailed-elsewhere": N_("{people} by mail at other domains"),
    "invited.by-hand": N_("{people} by hand"),
    "invited.since-start": N_("{people} since the start"),
    "invited.revoked": N_("{people} revoked"),
    "invited.same-mailbox": NN_(
        "{count} more invitation to one of these mailboxes", "{count} more invitations to these mailboxes"
    ),
    "invited.counted-domains": NN_(
        "Figures are shown about {count} person or more whom the server invited by mail at {domains}. "
        "Answers of others are used only where enough of these carry the figure.",
        "Figures are shown about {count} people or more whom the server invited by mail at {domains}. "
        "Answers of others are used only where enough of these carry the figure.",
    ),
    "invited.counted-before": NN_(
        "Figures are shown about {count} person or more who was invited before the start. "
        "Answers of others are used only where enough of these carry the figure. "
        "The person who invites can also invent people: no mail domains were named that would limit this.",
        "Figures are shown about {count} people or more who were invited before the start. "
        "Answers of others are used only where enough of these carry the figure. "
        "The person who invites can also invent people: no mail domains were named that would limit this.",
    ),
    "careless.count": NN_(
        "{count} response was excluded because it showed several signs of careless answering.",
        "{count} responses were excluded because they showed several signs of careless answering.",
    ),
    "careless.among": NN_(
        "{count} response was excluded because it showed several signs of careless answering. "
        "It is still included in the counts by role and by function, so that these do not show whose it was.",
        "{count} responses were excluded because they showed several signs of careless answering. "
        "They are still included in the counts by role and by function, so that these do not show whose they were.",
    ),
    "careless.none": N_("No response was excluded for careless answering."),
    "careless.hidden": N_(
        "How many responses were excluded for careless answering is not shown, to protect those concerned."
    ),
}
