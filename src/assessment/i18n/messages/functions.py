"""Messages of the functions and of the agreement in each of them."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "note.contested": N_(
        "The people asked see this function differently (agreement under {cut}), so its level is withheld. "
        "Compare the evidence before acting on the score."
    ),
    "note.partial": N_("More than {share}% of the items do not apply here."),
    "note.capped": NN_(
        "The level is capped by {dimensions}: a function stands at most one level above its weakest dimension.",
        "The level is capped by {dimensions}: a function stands at most one level above its weakest dimensions.",
    ),
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
    "note.hidden-spread": N_("No interval and no agreement where a role gave fewer than {needed} answers."),
    "spread.least": N_("People agree least on {dimensions}"),
}
