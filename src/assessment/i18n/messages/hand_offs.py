"""Messages of the hand-offs between channels."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "place.channel": N_("{channel} in {function}"),
    "hand-offs.weak": N_("The weakest hand-off is {channel} in {function}, at {score}"),
    "hand-offs.weak-together": N_("The weakest hand-offs are {channels} in {function}, at {score}"),
    "hand-offs.weak-many": N_("{count} hand-offs share the lowest score, {score}"),
    "hand-offs.weak-tied": N_("The weakest hand-offs are {places}, at {score}"),
    "hand-offs.kept": N_("No hand-off that can be shown is weak: the lowest is at {score}"),
    "hand-offs.hidden": N_("Too few answers to show hand-offs between channels"),
    "hand-offs.none": N_("Hand-offs between channels can’t be scored yet"),
    "note.hand-off-scale": N_("What the scores stand for. 0: {low}. 50: {middle}. 100: {high}."),
    "note.contact-shares": N_("Shares of contacts in {function}, set for this assessment: {shares}."),
    "place.share": N_("{channel} {share}"),
    "note.no-contacts": N_("A channel without contacts is shown, but doesn’t count and is never framed."),
    "note.hand-off-missing": NN_("No hand-off score for {functions}.", "No hand-off score for {functions}."),
}
