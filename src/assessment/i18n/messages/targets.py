"""Messages of the targets and of the balance between functions."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
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
    "targets.none": N_("How far the functions are from their targets is not known yet"),
    "target-origin.suggested": N_("Upright line: target of the function, as the questionnaire suggests it."),
    "target-origin.own": N_("Upright line: target of the function, set for this assessment."),
    "target-origin.some-own": N_(
        "Upright line: target of the function, set for this assessment for {functions}, otherwise as the questionnaire "
        "suggests it."
    ),
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
}
