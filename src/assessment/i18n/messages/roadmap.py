"""Messages of the roadmap, the advice and the target paths."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    # Roadmap and advice
    "roadmap.first": NN_("One action is advised: {first}", "{count} actions are advised: start with {first}"),
    "roadmap.urgent": NN_(
        "{count} of {total} actions is urgent: {first}", "{count} of {total} actions are urgent: start with {first}"
    ),
    "roadmap.all-urgent": NN_(
        "The one action is urgent: {first}", "All {count} actions are urgent: start with {first}"
    ),
    "roadmap.settle": NN_(
        "The decision to take first: {first}", "{count} actions; the decision to take first: {first}"
    ),
    "note.urgent": N_("{action} is urgent even where averages look calm. What calls for it: {reason}."),
    "about.lowest": NN_("The weakest function: {functions}.", "Lowest, and too close to tell apart: {functions}."),
    "about.contested": N_("Answers diverge in {functions}."),
    "note.next-start": N_("Dates of goals assume that what starts next begins on {date}, a quarter after the start."),
    "note.all-advice": NN_(
        "“With all advice” counts actions 1 to {last}; {count} action needed only for a target level is left out.",
        "“With all advice” counts actions 1 to {last}; {count} actions needed only for a target level are left out.",
    ),
    "goal.from": N_("{cut} or more"),
    "goal.above": N_("more than {cut}"),
    "goal.below": N_("less than {cut}"),
    "goal.dated": N_("{figure}: {value} today; goal: {goal} by {date}."),
    "goal.open": N_("{figure}: {value} today; goal: {goal}."),
    "goal.proxy.dated": N_("In this report, “{figure}”: {value} today; goal: {goal} by {date}."),
    "goal.proxy.open": N_("In this report, “{figure}”: {value} today; goal: {goal}."),
    "note.baseline": N_(
        "An indicator that this report doesn’t measure has no baseline yet: count it once at the start. "
        "Until then, the figure of this report that calls for the action stands in for it."
    ),
    "roadmap.none": N_("No rule calls for action at present"),
    "roadmap.unknown": N_("Too little is known yet to advise any action"),
    "fired.below": N_("{figure}: {value}, below {cut}"),
    "fired.at-most": N_("{figure}: {value}, at or below {cut}"),
    "fired.at-least": N_("{figure}: {value}, at or above {cut}"),
    "fired.band": N_("{figure}: {value} ({cut} is enough)"),
    "figure.item": "{item}",
    "figure.dimension": N_("{dimension} in {function}"),
    "figure.lowest-function": N_("Score of the lowest function"),
    "figure.function": N_("Score of {function}"),
    "figure.hand-off": N_("Hand-offs of {function}"),
    "figure.worst-hand-off": N_("Worst hand-off of {function}, {channel}"),
    "figure.embedding": N_("Embedding"),
    "figure.set-up-to-fail": N_("Set up to fail"),
    "figure.red-flags": N_("People who commit the company without written limits"),
    "figure.authority": N_("Authority"),
    "figure.authority-minus-support": N_("Authority minus support"),
    "figure.confirmed-gap": N_("Gap between leaders and practitioners on {dimension}"),
    "figure.confirmed-gap-whole": N_("Gap between leaders and practitioners"),
    "figure.leader-dont-know": N_("Leaders who don’t know"),
    "figure.goal-agreement": N_("Agreement on the main purpose"),
    "figure.balance": N_("Balance between functions"),
    "figure.spread": N_("Spread between functions"),
    "figure.independence": N_("Independence of one network"),
    "figure.readiness": N_("Readiness for another role"),
    "figure.agreement": N_("Agreement among the people asked in {function}"),
    "figure.coverage": N_("Coverage of {function}"),
    # What would lift the level
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
        "Assumed: what a piece of advice is about rises to {scores} of 100, and nothing else moves. "
        "A calculation, not a promise."
    ),
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
    "prospect.level": N_("{score} (level {level})"),
    "prospect.score": "{score}",
    "way.only": NN_("This action reaches level {target}.", "These {count} actions reach level {target}."),
    "way.tied": NN_(
        "Reaches level {target}. One other combination needs equal effort.",
        "Reaches level {target}. {count} other combinations need equal effort.",
    ),
}
