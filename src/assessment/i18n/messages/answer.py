"""Messages of the answer: title, decision and notes."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "answer.level": N_("{organisation} stands at level {level} of 5, with {score} of 100 points"),
    "answer.held-back": NN_(
        "{organisation} stands at level {level} of 5, with {score} points: {functions} holds it back",
        "{organisation} stands at level {level} of 5, with {score} points: {functions} hold it back",
    ),
    "answer.bound": NN_(
        "{organisation} stands at level {level} of 5, with {score} points: {functions} keeps it from going further",
        "{organisation} stands at level {level} of 5, with {score} points: {functions} keep it from going further",
    ),
    "answer.pattern": N_("{title}; {pattern}"),
    "pattern.weakest": NN_(
        "{dimension} is the weakest dimension in the one function",
        "{dimension} is the weakest dimension in all {count} functions",
    ),
    "pattern.lowest-in-all": NN_(
        "{dimension} scores lowest in the one function",
        "{dimension} scores lowest in all {count} functions",
    ),
    "pattern.behind": N_("{weakest} is behind"),
    "pattern.lowest": N_("the lowest score is {score} ({lowest})"),
    "pattern.low": NN_(
        "{dimensions} is under {cut} in {functions}",
        "{dimensions} are under {cut} in {functions}",
    ),
    "answer.provisional": N_("Provisionally, {organisation} stands at level {level} of 5, with {score} of 100 points"),
    "answer.contested": N_("{organisation} scores {score} of 100; no level yet: answers diverge in {functions}"),
    "answer.no-level": N_("{organisation} scores {score} of 100; a level can’t be given yet"),
    "answer.none": N_("{organisation}: too few answers yet to say where it stands"),
    "answer.hidden": N_("{organisation}: too few people took part to show where it stands"),
    "decision.actions": NN_(
        "Approve this action to start now, with one person’s name and a date: {actions}.",
        "Approve these {count} actions to start now, each with one person’s name and a date: {actions}.",
    ),
    "decision.limit-later": N_(
        "{decision} None of them is for {function} alone: the first that is, action {place}, starts next unless you "
        "bring it forward."
    ),
    "decision.settle": N_(
        "Approve one action first, with one person’s name and a date: {action}. Then decide on the others."
    ),
    "needs.item": N_(
        "An item is shown once {needed} people or more have given it a number. Fewer did nearly everywhere."
    ),
    "needs.item-open": N_(
        "An item is shown once {needed} people or more have given it a number and its score leaves every answer open. "
        "From {open} numbers on, it always does."
    ),
    "needs.function": N_(
        "For a score, a function then needs {dimension_count} of its dimensions, and the whole needs {function_count} "
        "functions. What helps: invite the rest of each function, or let each function agree on one record."
    ),
    "decision.effort": N_("Effort: {efforts}."),
    "effort.S": NN_("small for one action", "small for {count} actions"),
    "effort.M": NN_("medium for one action", "medium for {count} actions"),
    "effort.L": NN_("large for one action", "large for {count} actions"),
    "decision.expected": NN_(
        "If what they are about rises to {scores}, the first action would take the whole from {now} to {first}, "
        "all {total} to {all}. A calculation, not a promise.",
        "If what they are about rises to {scores}, the first {count} actions would take the whole from {now} to "
        "{first}, all {total} to {all}. A calculation, not a promise.",
    ),
    "decision.expected-all": NN_(
        "If what it is about rises to {scores}, this action would take the whole from {now} to {all}. "
        "A calculation, not a promise.",
        "If what they are about rises to {scores}, these {count} actions would take the whole from {now} to {all}. "
        "A calculation, not a promise.",
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
    "note.interval": N_("In parentheses: the {percent}% interval."),
    "note.rank": N_(
        "Among {count} other clients that share their scores, the whole ranks {rank} of 100 ({low} to {high})."
    ),
    "note.rank-quarter-1": N_(
        "Among {count} other clients that share their scores, the whole is in the lowest quarter."
    ),
    "note.rank-quarter-2": N_(
        "Among {count} other clients that share their scores, the whole is in the second quarter from below."
    ),
    "note.rank-quarter-3": N_(
        "Among {count} other clients that share their scores, the whole is in the second quarter from above."
    ),
    "note.rank-quarter-4": N_(
        "Among {count} other clients that share their scores, the whole is in the highest quarter."
    ),
    "functions.limits": N_("{function} limits the level of the whole, at {score}"),
    "finding.with-action": N_("{finding} (action {place})"),
    "finding.reworded": N_("{text} (the consultant’s words)"),
    "finding.computed": N_("The consultant words this finding as “{text}”; computed: “{computed}”."),
    "finding.note": N_("The consultant on “{finding}”: {note}"),
    "finding.own-order": N_("The order of the findings is the consultant’s."),
    "finding.dropped": N_("The consultant left out this computed finding: “{computed}”."),
    "note.consensus": N_("Each function agreed on one record. There are no intervals, because nobody answered alone."),
}
