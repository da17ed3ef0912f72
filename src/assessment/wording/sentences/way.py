"""What to do: roadmap, advice, what would lift the level."""

from assessment.wording.sentences.marking import N_, NN_, Template

SENTENCES: dict[str, Template] = {
    # Roadmap and advice
    "roadmap.first": NN_(
        "One action narrows the gap: {first}", "{count} actions narrow the gaps, beginning with {first}"
    ),
    "roadmap.pinned": NN_(
        "{count} of {total} actions can’t wait: {first}",
        "{count} of {total} actions can’t wait, beginning with {first}",
    ),
    "roadmap.all-pinned": NN_(
        "The one action can’t wait: {first}", "None of the {count} actions can wait, beginning with {first}"
    ),
    "roadmap.none": N_("No rule calls for action at present"),
    "roadmap.unknown": N_("Too little is known yet to advise any action"),
    "fired.below": N_("{figure}: {value}, below {cut}"),
    "fired.at-most": N_("{figure}: {value}, at or below {cut}"),
    "fired.at-least": N_("{figure}: {value}, at or above {cut}"),
    "fired.band": N_("{figure}: {value} ({cut} is enough)"),
    "figure.item": "{item}",
    "figure.dimension": N_("{dimension} in {function}"),
    "figure.hand-off": N_("Hand-offs of {function}"),
    "figure.worst-hand-off": N_("Worst hand-off of {function}, {channel}"),
    "figure.embedding": N_("Embedding"),
    "figure.set-up-to-fail": N_("Set up to fail"),
    "figure.red-flags": N_("People who promise freely without written limits"),
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
    "lifting.assumption": N_(
        "Assumed: whatever a piece of advice is about becomes usual practice (75 of 100), and nothing else moves. "
        "Of all ways to the target level the one of least effort is shown (small 1, medium 2, large 3). "
        "A calculation, not a promise."
    ),
    "binding.reached": N_("nothing"),
    "binding.parts": NN_("{parts}, the weakest part", "{parts}, the weakest parts"),
    "binding.score": N_("its score"),
    "way.reached": N_("Level {target} is reached."),
    "way.impossible": N_(
        "All the advice for it together would not reach level {target}. Work on what no advice covers as well, "
        "or set a nearer target first."
    ),
    "way.only": NN_("This action reaches level {target}.", "These {count} actions reach level {target}."),
    "way.tied": NN_(
        "Reaches level {target}; {count} other way takes the same effort.",
        "Reaches level {target}; {count} other ways take the same effort.",
    ),
}
