"""Messages of the answer: title, decision and notes."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "answer.level": N_("{organisation} stands at level {level} of 5, with {score} of 100 points"),
    "answer.held-back": NN_(
        "{organisation} stands at level {level} of 5, with {score} points: {functions} holds it back",
        "{organisation} stands at level {level} of 5, with {score} points: {functions} hold it back",
    ),
    "answer.provisional": N_("Provisionally, {organisation} stands at level {level} of 5, with {score} of 100 points"),
    "answer.contested": N_(
        "{organisation} scores {score} of 100; no level yet, because answers diverge in {functions}"
    ),
    "answer.no-level": N_("{organisation} scores {score} of 100; a level can’t be given yet"),
    "answer.none": N_("{organisation}: too few answers yet to say where it stands"),
    "answer.hidden": N_("{organisation}: too few people took part to show where it stands"),
    "decision.actions": NN_(
        "Approve this action to start now, with one person’s name and a date: {actions}.",
        "Approve these {count} actions to start now, each with one person’s name and a date: {actions}.",
    ),
    "decision.settle": N_(
        "Approve one action first, with one person’s name and a date: {action}. Then decide on the others."
    ),
    "decision.ask-more": N_(
        "Decide whether to invite more people, or to let each function agree on one record (consensus mode)."
    ),
    "decision.keep": N_("No rule calls for action. Decide when to measure again."),
    "note.provisional": N_("Provisional: under {share}% of what was asked has been answered."),
    "note.out-of-scope": NN_(
        "Left out because it does not apply here: {functions}.",
        "Left out because they do not apply here: {functions}.",
    ),
    "note.no-score": NN_("No score yet for {functions}.", "No score yet for {functions}."),
    "note.embedding": N_("Embedding: how far the work is a normal part of the functions, here “{name}”."),
    "note.balance": N_("Balance: the lowest function as a percentage of the highest."),
    "note.interval": N_("In parentheses: the {percent} interval."),
    "note.consensus": N_("Each function agreed on one record. There are no intervals, because nobody answered alone."),
}
