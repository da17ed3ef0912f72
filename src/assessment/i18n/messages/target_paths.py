"""Messages of the target paths: what would lift the level."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "note.all-advice": NN_(
        "“With all advice” counts actions 1 to {last}; {count} action needed only for a target level is left out.",
        "“With all advice” counts actions 1 to {last}; {count} actions needed only for a target level are left out.",
    ),
    "note.whole-short": NN_(
        "Even with all advice the whole and {functions} stay below their target scores.",
        "Even with all advice the whole, {functions} stay below their target scores.",
    ),
    "note.only-whole-short": N_("Even with all advice the whole stays below its target score."),
    "note.functions-short": NN_(
        "Even with all advice {functions} stays below its target score.",
        "Even with all advice {functions} stay below their target scores.",
    ),
    "note.path-dropped": NN_(
        "One action of the smallest sets was left out by the consultant: {actions}.",
        "{count} actions of the smallest sets were left out by the consultant: {actions}.",
    ),
    "lifting.way": NN_(
        "One action would lift the whole from level {level} to level {target}",
        "{count} actions would lift the whole from level {level} to level {target}",
    ),
    "lifting.held": NN_(
        "{parts} holds the whole at level {level}, and the advice alone doesn’t reach level {target}",
        "{parts} hold the whole at level {level}, and the advice alone doesn’t reach level {target}",
    ),
    "lifting.impossible": N_("The advice alone doesn’t lift the whole from level {level} to level {target}"),
    "lifting.reached": N_("The whole stands at level {level}, and {target} is its target"),
    "lifting.one-able": N_("Only {function} is below its target level, and the advice would lift it there"),
    "lifting.one-unable": N_("Only {function} is below its target level, and the advice alone doesn’t lift it there"),
    "lifting.functions": N_("{count} functions are below their target levels; the advice would lift {able} of them"),
    "lifting.functions-able": N_("{count} functions are below their target levels; the advice would lift them all"),
    "lifting.functions-unable": N_(
        "{count} functions are below their target levels; the advice alone would lift none of them"
    ),
    "lifting.functions-reached": NN_(
        "{functions} stands at its target level", "{functions} stand at their target levels"
    ),
    "lifting.none": N_("What would lift the level can’t be said while no level is given"),
    "lifting.to-go": N_("The whole stands at its target level {level}; the score has {points} points to go to {goal}"),
    "lifting.functions-to-go": NN_(
        "{functions} stands at its target level, with points to go to the target score",
        "{functions} stand at their target levels, with points to go to their target scores",
    ),
    "lifting.assumption": N_(
        "Assumed: what a piece of advice is about rises to {scores}, and nothing else moves. "
        "A calculation, not a promise."
    ),
    "assumed.one": N_("{score} of 100"),
    "assumed.two": N_("{score} of 100, or {high} where the target is level {level}"),
    "effort.assumption": N_(
        "Shown is the set of least effort (small 1, medium 2, large 3), if any set reaches the target."
    ),
    "binding.reached": "–",
    "binding.parts": NN_("{parts}, the lowest part", "{parts}, the lowest parts"),
    "binding.score": N_("its own score"),
    "binding.overall": N_("overall score"),
    "way.reached": N_("Level {target} and the target score are reached."),
    "way.to-go": N_("Level {target} is the target level; the score has {points} points to go to {goal}."),
    "way.impossible": N_(
        "All advice together would not reach level {target}. Add measures beyond this catalogue, or set an interim "
        "target."
    ),
    "way.furthest": N_(
        "All advice together gets to level {level} ({score} points), not to level {target}. Then limited by: {binding}."
    ),
    "way.furthest-score": N_("All advice together gets to {score} points, not to level {target}."),
    "prospect.level": N_("{score} (level\N{NO-BREAK SPACE}{level})"),
    "prospect.score": "{score}",
    "way.only": NN_("This action reaches level {target}.", "These {count} actions reach level {target}."),
    "way.tied": NN_(
        "Reaches level {target}. One other combination needs equal effort.",
        "Reaches level {target}. {count} other combinations need equal effort.",
    ),
}
