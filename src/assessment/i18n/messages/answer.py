"""Messages of the sections answer, functions, targets and heatmap."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    # The answer
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
    "note.contested": N_(
        "The people asked see this function differently (agreement under {cut}), so its level is withheld. "
        "Compare the evidence before acting on the score."
    ),
    "note.partial": N_("More than {share}% of the items do not apply here."),
    "note.capped": NN_(
        "The level is capped by {dimensions}: a function stands at most one level above its weakest dimension.",
        "The level is capped by {dimensions}: a function stands at most one level above its weakest dimensions.",
    ),
    # Functions
    "functions.both": N_("{strongest} ({high}) is ahead of all other functions; {weakest} ({low}) is behind them"),
    "functions.two": N_("{strongest} ({high}) is ahead of {weakest} ({low})"),
    "functions.leads": N_("{strongest} ({high}) is ahead; among the others, none is clearly behind"),
    "functions.trails": N_("{weakest} ({low}) is behind; among the others, none is clearly ahead"),
    "functions.spread": N_("The functions score from {low} to {high}, with no clear first or last"),
    "functions.even": N_("The functions are close together, from {low} to {high}"),
    "functions.one": N_("Only {function} has a score: {score} of 100"),
    "functions.none": N_("No function has a score"),
    "function.range": N_("{function} stands at level {level}: strongest in {strongest}, weakest in {weakest}"),
    "function.strongest": N_("{function} stands at level {level}, strongest in {dimension}"),
    "function.weakest": N_("{function} stands at level {level}, weakest in {dimension}"),
    "function.level": N_("{function} stands at level {level}; no dimension clearly stands out"),
    "function.provisional": N_(
        "{function} stands at level {level} for now: too little of what was asked has been answered"
    ),
    "function.no-level": N_("{function} scores {score} of 100"),
    "function.contested": N_("{function} scores {score}, but the people asked do not agree"),
    "function.out-of-scope": N_("{function} is left out: it does not apply here"),
    "function.hidden": N_("{function}: too few answers to show a score"),
    "function.none": N_("{function}: too few answers for a score"),
    # Targets
    "targets.furthest": N_("{function} is furthest from its target: {points} points to go"),
    "targets.tied": N_("{functions} are equally far from target: {points} points to go"),
    "targets.below": NN_(
        "{functions} is below its target, by {points} points",
        "{functions} are below their targets, by up to {points} points",
    ),
    "targets.only": N_("{function} has {points} points to go to its target"),
    "targets.both-reached": N_("Both functions have reached their targets"),
    "targets.reached": NN_(
        "The function with a score has reached its target", "All {count} functions have reached their targets"
    ),
    "targets.none": N_("The distance to the targets is not known yet"),
    "balance.none": N_("Balance between functions needs two functions with a score."),
    "balance.no-practice": N_("There is no practice yet to compare between functions."),
    "balance.even": N_("The functions are in balance: {spread} points apart, the lowest at {balance} of the highest."),
    "balance.flagged": N_(
        "The functions are out of balance: {spread} points apart (flagged from {cut}), "
        "the lowest at {balance} of the highest (flagged under {floor}%). {weakest} is the weakest."
    ),
    "balance.flagged-tied": N_(
        "The functions are out of balance: {spread} points apart (flagged from {cut}), "
        "the lowest at {balance} of the highest (flagged under {floor}%). No function is clearly the weakest."
    ),
    # Heatmap
    "heatmap.range": N_("Scores run from {low} ({lowest}) to {high} ({highest})"),
    "heatmap.one": N_("Only one dimension of one function has a score ({function}, {dimension}): {score} of 100"),
    "heatmap.even": N_("Practice is the same wherever it is known: {score} of 100"),
    "heatmap.none": N_("No dimension has a score yet"),
    "heatmap.low-everywhere": NN_(
        "{dimensions} is under {cut} in every function with a score: a cause in common, best fixed once.",
        "{dimensions} are under {cut} in every function with a score: causes in common, best fixed once.",
    ),
    "heatmap.low-in-all": NN_(
        "{dimensions} is under {cut} in every function with a score",
        "{dimensions} are under {cut} in every function with a score",
    ),
    "heatmap.missing": NN_(
        "{count} cell has no score; the appendix says why.", "{count} cells have no score; the appendix says why."
    ),
    "place.channel": N_("{channel} in {function}"),
    "place.dimension": N_("{dimension} in {function}"),
    "place.dimensions": NN_("{count} cell", "{count} cells"),
}
