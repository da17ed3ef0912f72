"""Every sentence of a report by message id: English here, other languages in `locale/`.

`N_` and `NN_` only mark a text for extraction; `Wording.text` looks its translation up. A pair is
singular and plural, chosen by the value named `count`.
"""

Template = str | tuple[str, str]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it, which extraction looks for
    return text


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - as above
    return singular, plural


SENTENCES: dict[str, Template] = {
    "plain": "{text}",
    # Why there is no figure
    "missing.hidden": N_("hidden: fewer than {needed} answers"),
    "missing.brief": N_("hidden"),
    "note.hidden-spread": N_("No interval and no agreement where a role gave fewer than {needed} answers."),
    "note.hidden": N_("Hidden: fewer than {needed} answers. The appendix says why."),
    "missing.one-side": N_("hidden: fewer than {needed} on one side"),
    "missing.not-valid": N_("too few answers"),
    "missing.out-of-scope": N_("does not apply"),
    "bound.at-most": N_("{value} or less"),
    "bound.at-least": N_("{value} or more"),
    "share.none": N_("nobody"),
    "share.some": N_("some"),
    "share.half-or-more": N_("half or more"),
    # The answer
    "answer.level": N_("{organisation} stands at level {level} of 5, with {score} of 100 points"),
    "answer.held-back": NN_(
        "{organisation} stands at level {level} of 5, with {score} points: {functions} holds it back",
        "{organisation} stands at level {level} of 5, with {score} points: {functions} hold it back",
    ),
    "answer.provisional": N_("Provisionally, {organisation} stands at level {level} of 5, with {score} of 100 points"),
    "answer.contested": N_(
        "{organisation} scores {score} of 100; the level is withheld while answers disagree: {functions}"
    ),
    "answer.no-level": N_("{organisation} scores {score} of 100; a level can’t be given yet"),
    "answer.none": N_("There are too few answers yet to say where {organisation} stands"),
    "answer.hidden": N_("Too few people took part to show where {organisation} stands"),
    "decision.actions": NN_(
        "Name an owner and a date for this action today: {actions}.",
        "Name an owner and a date for each of these {count} actions today: {actions}.",
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
    "functions.both": N_("{strongest} is ahead at {high}; {weakest} is behind at {low}"),
    "functions.leads": N_("{strongest} is ahead at {high}; no other function stands out"),
    "functions.trails": N_("{weakest} is behind at {low}; the others reach up to {high}"),
    "functions.spread": N_("The functions reach from {low} to {high}, with no clear first or last"),
    "functions.even": N_("The functions are close together, from {low} to {high}"),
    "functions.one": N_("Only {function} has a score: {score} of 100"),
    "functions.none": N_("No function has a score"),
    "function.range": N_("{function} stands at level {level}: strongest in {strongest}, weakest in {weakest}"),
    "function.even": N_("{function} stands at level {level}, much the same in every dimension"),
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
    "targets.only": N_("{function} has {points} points to go to its target"),
    "targets.both-reached": N_("Both functions have reached their targets"),
    "targets.reached": NN_(
        "The function with a score has reached its target", "All {count} functions have reached their targets"
    ),
    "targets.none": N_("The distance to the targets is not known yet"),
    "balance.none": N_("Balance between functions needs two functions with a score."),
    "balance.no-practice": N_("There is no practice yet to compare between functions."),
    "balance.even": N_("The functions are in balance: {spread} points apart, the lowest at {balance}% of the highest."),
    "balance.flagged": N_(
        "The functions are out of balance: {spread} points apart (flagged from {cut}), "
        "the lowest at {balance}% of the highest. {weakest} is the weakest."
    ),
    "balance.flagged-tied": N_(
        "The functions are out of balance: {spread} points apart (flagged from {cut}), "
        "the lowest at {balance}% of the highest. The weakest place is tied."
    ),
    # Heatmap
    "heatmap.range": N_("{strongest}; {weakest}"),
    "heatmap.leads": N_("{function} leads in {dimensions} ({score})"),
    "heatmap.leads-shared": NN_(
        "{count} place has the highest score ({score})", "{count} places share the highest score ({score})"
    ),
    "heatmap.trails": N_("{function} trails in {dimensions} ({score})"),
    "heatmap.trails-shared": NN_(
        "{count} place has the lowest score ({score})", "{count} places share the lowest score ({score})"
    ),
    "heatmap.within": N_("{function} is strongest in {strongest} ({high}) and weakest in {weakest} ({low})"),
    "heatmap.one": N_("Only {dimension} in {function} has a score: {score} of 100"),
    "heatmap.even": N_("Practice is the same wherever it is known: {score} of 100"),
    "heatmap.none": N_("No dimension has a score yet"),
    "heatmap.low-everywhere": NN_(
        "{dimensions} is under {cut} in every function with a score: a cause in common, best mended once.",
        "{dimensions} are under {cut} in every function with a score: causes in common, best mended once.",
    ),
    "heatmap.missing": NN_(
        "{count} cell has no score; the appendix says why.", "{count} cells have no score; the appendix says why."
    ),
    "place.channel": N_("{channel} in {function}"),
    # Leaders and practitioners
    "gap.leaders": N_("Leaders see {dimensions} {points} points more positively than practitioners do"),
    "gap.practitioners": N_("Practitioners see {dimensions} {points} points more positively than leaders do"),
    "gap.mixed": NN_(
        "Leaders and practitioners disagree on {count} dimension, most on {dimensions}: {points} points",
        "Leaders and practitioners disagree on {count} dimensions, in both directions, most on {dimensions}: "
        "{points} points",
    ),
    "gap.unconfirmed": N_("Leaders and practitioners may differ, but no gap is confirmed"),
    "gap.closed": N_("Leaders and practitioners see the same organisation"),
    "gap.hidden": N_("Too few leaders or practitioners answered to compare their views"),
    "gap.none": N_("Leaders and practitioners can’t be compared yet"),
    "gap.consensus": N_("Leaders and practitioners answered together, so no gap is measured"),
    "who.leaders": N_("leaders more positive"),
    "who.practitioners": N_("practitioners more positive"),
    "who.same": N_("the same"),
    "verdict.none": N_("no gap"),
    "verdict.indicative": N_("indicative"),
    "verdict.confirmed": N_("confirmed"),
    "verdict.strong": N_("strong"),
    "note.verdicts": N_(
        "A gap is indicative from {indicative} points. It is confirmed where its {percent}% interval excludes 0, "
        "and strong where it also reaches {strong} points. Gaps are taken within functions, "
        "so that who works where does not look like a gap."
    ),
    "note.gap-hidden": NN_(
        "{count} dimension is hidden: it needs {needed} leaders and {needed} practitioners with an answer.",
        "{count} dimensions are hidden: each needs {needed} leaders and {needed} practitioners with an answer.",
    ),
    # Authority and support
    "authority.high": N_("Authority runs {points} points ahead of support; risk of being set up to fail: {risk}"),
    "authority.high-covered": N_("Authority is {authority}, support {support}; risk of being set up to fail: {risk}"),
    "authority.flags": N_("Some promise freely without written limits to show; risk of being set up to fail: {risk}"),
    "authority.over-controlled": N_(
        "Support runs {points} points ahead of authority: people are held back from deciding"
    ),
    "authority.moderate": N_("Authority is {authority}, support {support}; risk of being set up to fail: {risk}"),
    "authority.low": N_("Support keeps up with authority; risk of being set up to fail: {risk}"),
    "authority.hidden": N_("Too few practitioners answered to compare authority and support"),
    "authority.none": N_("Authority and support can’t be compared yet"),
    "authority.consensus": N_("Authority and support are asked of people, so consensus mode leaves them out"),
    "note.authority-group": N_(
        "These are averages over practitioners. The risk is worked out for each person before it is averaged; "
        "no person is shown."
    ),
    "note.authority-cuts": N_("Classes of risk, in rising order: {classes}, with cut points at {cuts}."),
    # Hand-offs
    "hand-offs.weak": N_("The weakest hand-off is {channel} in {function}, at {score}"),
    "hand-offs.weak-tied": N_("The weakest hand-offs are {places}, at {score}"),
    "hand-offs.kept": N_("Hand-offs hold on every channel known: the weakest is at {score}"),
    "hand-offs.hidden": N_("Too few answers to show hand-offs between channels"),
    "hand-offs.none": N_("Hand-offs between channels can’t be scored yet"),
    "note.hand-off-scale": N_("What the scores stand for. 0: {low}. 50: {middle}. 100: {high}."),
    "note.hand-off-missing": NN_("No hand-off score for {functions}.", "No hand-off score for {functions}."),
    # Outlook
    "outlook.class": N_("Within {years} years, roles head for “{name}”"),
    "outlook.hidden": N_("Too few practitioners answered to say where roles will be in {years} years"),
    "outlook.none": N_("Where roles will be in {years} years can’t be said yet"),
    "outlook.consensus": N_("The outlook on roles is asked of people, so consensus mode leaves it out"),
    "note.scenario": N_("This is a scenario for the next {years} years, not a forecast."),
    "note.outlook-group": N_(
        "Independence: how much of the work would go on without the main network. "
        "Readiness: a named next role, and skills that belong to no channel. The point is the average of the group."
    ),
    # Roadmap and advice
    "roadmap.first": NN_(
        "One action closes the gap: {first}", "{count} actions close the gaps, beginning with {first}"
    ),
    "roadmap.pinned": NN_(
        "{count} of {total} actions can’t wait: {first}",
        "{count} of {total} actions can’t wait, beginning with {first}",
    ),
    "roadmap.all-pinned": NN_(
        "The one action can’t wait: {first}", "None of the {count} actions can wait, beginning with {first}"
    ),
    "roadmap.none": N_("No rule calls for action at present"),
    "fired.below": N_("{figure}: {value}, below {cut}"),
    "fired.at-most": N_("{figure}: {value}, at or below {cut}"),
    "fired.at-least": N_("{figure}: {value}, at or above {cut}"),
    "fired.band": N_("{figure}: {value} (fires from {cut})"),
    "figure.item": "{item}",
    "figure.dimension": N_("{dimension} in {function}"),
    "figure.hand-off": N_("Hand-offs of {function}"),
    "figure.worst-hand-off": N_("Worst hand-off of {function}, {channel} (0–4)"),
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
    "lifting.functions": NN_(
        "{count} function is below its target level; the advice would lift {able} of them",
        "{count} functions are below their target levels; the advice would lift {able} of them",
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
    "binding.reached": N_("nothing: the target level is reached"),
    "binding.parts": NN_("{parts}, the weakest part", "{parts}, the weakest parts"),
    "binding.score": N_("its score"),
    "way.reached": N_("Level {target} is reached."),
    "way.impossible": N_(
        "All advice for it together would not reach level {target}: raise what no advice speaks of, or aim lower first."
    ),
    "way.only": NN_("This action reaches level {target}.", "These {count} actions reach level {target}."),
    "way.tied": NN_(
        "Reaches level {target}; {count} other way takes the same effort.",
        "Reaches level {target}; {count} other ways take the same effort.",
    ),
    # Change since the last wave
    "change.up": N_("{organisation} has risen by {points} points since the last wave, from {earlier} to {later}"),
    "change.down": N_("{organisation} has fallen by {points} points since the last wave, from {earlier} to {later}"),
    "change.steady": N_("No change beyond chance since the last wave: {earlier} then, {later} now"),
    "change.unknown": N_("{earlier} in the last wave, {later} now; whether that is more than chance can’t be said"),
    "change.break": N_("The instrument has changed too much to compare {organisation} with the last wave"),
    "change.none": N_("{organisation} as a whole can’t be compared with the last wave"),
    "changed.up": N_("up"),
    "changed.down": N_("down"),
    "changed.no": N_("within chance"),
    "changed.unknown": N_("not tested"),
    "break.whole": N_(
        "Only {share} of the items are the same as in the last wave; {needed} are needed, so a break is drawn here."
    ),
    "break.dimension": N_(
        "{dimension}: only {share} of its items are the same as in the last wave ({needed} are needed), "
        "so it is not compared."
    ),
    "projection.reached": N_("Embedding has reached {goal}, the mark for a normal part of the functions."),
    "projection.years": N_("If embedding goes on rising at this pace, it reaches {goal} in {years} years."),
    "projection.none": N_(
        "The pace can’t be told from standing still, so no year is named. Reaching {goal} in time takes "
        "{needed} points a year."
    ),
    "projection.scenario": N_("A scenario, not a forecast."),
    "label.pace": N_("Embedding, points a year"),
    "label.needed-pace": N_("Points a year needed"),
    "note.change-compared": N_(
        "Both waves are compared on the items that they share, with today’s weights; figures may differ a little "
        "from those elsewhere in the report."
    ),
    "note.change-tested": N_(
        "“Up” and “down”: at least {points} points, and more than chance explains. “Not tested”: one of the waves "
        "has no interval for the figure."
    ),
    "note.change-parts": N_(
        "Why it changed, in points: the same roles answering otherwise, another mix of roles, another instrument."
    ),
    "note.change-refused": NN_(
        "Why {functions} changed is not split up, because too few people of one role took part.",
        "Why {functions} changed is not split up, because too few people of one role took part.",
    ),
    # For those who answered
    "summary.title": NN_(
        "{count} person answered; here is what came out", "{count} people answered; here is what came out"
    ),
    "summary.consensus": N_("What the functions of {organisation} agreed on"),
    "summary.asked": N_("How far social media has become a normal part of the work in {functions}."),
    "summary.dimensions": NN_("One side of it: {dimensions}.", "{count} sides of it: {dimensions}."),
    "summary.first": NN_("The first action proposed: {actions}.", "The first actions proposed: {actions}."),
    "summary.owners": N_("For each of them the organisation is asked to name an owner and a date. Ask who it is."),
    "summary.no-actions": N_("No action is called for now; the organisation decides when to ask again."),
    "summary.confidential": N_(
        "You answered by a personal link. Nobody who reads the results sees what one person said."
    ),
    "summary.anonymous": N_("Nothing that was kept ties an answer to the person who was invited."),
    "summary.attributable": N_(
        "You were told before you began that answers can be seen with the person who gave them."
    ),
    "summary.records": N_("Each function agreed on one record, so nobody’s own answers were collected."),
    "summary.rule": N_("Nothing is shown about fewer than {needed} people."),
    "summary.rounded": N_(
        "Scores of items are rounded to the nearest {step}, so that no single answer can be worked out."
    ),
    "summary.open": N_("This summary was made with every figure open."),
    # Labels of key figures
    "label.score": N_("Score"),
    "level.of": N_("level {level}"),
    "level.withheld": N_("level withheld"),
    "label.coverage": N_("Coverage"),
    "label.people": N_("People counted"),
    "label.taking-part": N_("Took part"),
    "label.embedding": N_("Embedding"),
    "label.embedding-function": N_("Embedding"),
    "label.balance": N_("Balance"),
    "label.hand-offs": N_("Hand-offs"),
    "label.hand-offs-whole": N_("Hand-offs, all functions"),
    "label.agreement": N_("Agreement"),
    "label.gap-size": N_("Average size of gap"),
    "label.gap-signed": N_("Average direction"),
    "label.leader-dont-know": N_("Leaders’ “I don’t know”"),
    "label.goal-agreement": N_("Agreement on purpose"),
    "label.risk": N_("Set up to fail"),
    "label.red-flags": N_("Promise freely, no limits to show"),
    "label.share-high": N_("People with a risk of {cut} or more"),
    "spread.least": N_("People agree least on {dimensions}"),
    "agreement.none": N_("none"),
    "agreement.weak": N_("weak"),
    "agreement.moderate": N_("moderate"),
    "agreement.strong": N_("strong"),
    "agreement.very-strong": N_("very strong"),
    # Method
    "method.consensus": N_(
        "This assessment was made in consensus mode: each function agreed on one record. There is no interval, "
        "no agreement, no comparison of roles and no outlook, since nobody answered alone."
    ),
    "method.items": N_(
        "Every item is answered on five rungs of observable behaviour, from 0 to 4, which become 0 to 100. "
        "“I don’t know” is left out of the average, counted and shown. “Does not apply” takes an item out of "
        "scope where "
        "at least half of the people who answered say so."
    ),
    "method.roles": N_(
        "Answers are averaged within each role first, then across roles by weight: {roles}. "
        "A role counts in full from {full} answers on."
    ),
    "method.role": N_("{role} {share}"),
    "method.scores": N_(
        "A dimension is the average of its items, a function the average of its dimensions (at least "
        "{dimensions} of them), "
        "and the whole the weighted average of its functions (at least {minimum})."
    ),
    "method.hand-offs": N_("Hand-offs between channels count as one item of their dimension."),
    "method.levels": N_(
        "A level is a band of the score, at most {step} above the weakest part, so that a strong side can’t "
        "hide a weak one."
    ),
    "method.embedding": N_(
        "Embedding takes the items that say whether the work is a normal part of the function. It is a geometric mean, "
        "so that one function can’t buy off another."
    ),
    "method.advice": N_(
        "Each piece of advice has a rule with a cut point. Its priority weighs impact, distance to target, "
        "risk, confidence "
        "and effort; what can’t wait is pinned first. The first {now} form “now”."
    ),
    "method.interval": N_(
        "Intervals ({percent}) come from leaving out one respondent at a time (jackknife). A wide interval "
        "asks for care, "
        "not for more decimals."
    ),
    "method.risk": N_(
        "“Set up to fail” is authority times missing support, worked out for each practitioner and then averaged. "
        "It is shown only where enough practitioners answered."
    ),
    "method.gap": NN_(
        "Gaps between leaders and practitioners are {count} test at {percent}.",
        "Gaps between leaders and practitioners are {count} tests at {percent}, not corrected for one another: "
        "now and then one will look confirmed by chance.",
    ),
    "method.outlook": N_(
        "The outlook over {years} years is a scenario that follows from today’s answers, not a forecast."
    ),
    "ladder": "{steps}",
    "ladder.first": N_("{name} below {cut}"),
    "ladder.from": N_("{name} from {cut}"),
    "cut.levels": N_("Levels of a score"),
    "cut.embedding": N_("Classes of embedding"),
    "cut.risk": N_("Classes of “set up to fail”"),
    "cut.provisional": N_("Provisional where coverage is under"),
    "cut.partial": N_("Partial where more items are out of scope than"),
    "cut.contested": N_("Contested where agreement is under"),
    "cut.interval-minimum": N_("People needed for an interval"),
    "cut.high-risk": N_("High personal risk from"),
    "cut.over-controlled": N_("Over-controlled where authority minus support is at most"),
    "cut.gap-indicative": N_("Gap indicative from"),
    "cut.gap-strong": N_("Gap strong from"),
    "cut.balance": N_("Balance flagged under"),
    "cut.spread": N_("Spread flagged from"),
    "cut.tie": N_("Weakest function named from a distance of"),
    "cut.outlook": N_("Independence and readiness high from"),
    "cut.careless": N_("Signs of carelessness that exclude a response"),
    "cut.submitted": N_("Unsent answers count from an answered share of"),
    # Who took part
    "taking-part.counted": NN_("The answers of {count} person count.", "The answers of {count} people count."),
    "taking-part.rule": N_(
        "Answers that were not sent count as well once {share} of what was asked has been answered."
    ),
    "taking-part.consensus": N_("Each function gave one record that its people had agreed on."),
    "careless.count": NN_(
        "{count} response was left out because it showed several signs of carelessness.",
        "{count} responses were left out because they showed several signs of carelessness.",
    ),
    "careless.among": NN_(
        "{count} response was left out because it showed several signs of carelessness. "
        "By role and by function it is counted all the same, so that nobody can tell whose it was.",
        "{count} responses were left out because they showed several signs of carelessness. "
        "By role and by function they are counted all the same, so that nobody can tell whose they were.",
    ),
    "careless.none": N_("No response was left out for carelessness."),
    "careless.hidden": N_(
        "How many responses were left out for carelessness is not shown, to protect those concerned."
    ),
    # What is hidden and why
    "hidden.rule": N_(
        "Nothing is shown about fewer than {needed} people: whoever takes their own answer away still faces {group}. "
        "An item with fewer answers is left out as if it had never been asked, of everything above it too."
    ),
    "hidden.steps": N_(
        "Scores of items are given to the nearest {step}, as “{lowest} or less” and “{highest} or more” at the ends. "
        "Everything else is worked out from these released figures, so anyone can recompute it."
    ),
    "hidden.count": NN_("{count} figure is hidden in this report.", "{count} figures are hidden in this report."),
    "hidden.unanimous": N_("If everyone else answers alike at the very top or bottom, a participant may notice."),
    "hidden.open": N_("Nothing is hidden or rounded: this report was made with every figure open."),
    "hidden.nothing-consensus": N_("Nothing is hidden: agreed records do not speak of single people."),
    # Provenance
    "provenance.instrument": N_("Questionnaire"),
    "provenance.id": N_("Questionnaire id"),
    "provenance.version": N_("Version"),
    "provenance.digest": N_("Digest"),
    "provenance.engine": N_("Engine"),
    "provenance.release": N_("Release (SHA-256)"),
    "provenance.date": N_("Closed on"),
    "provenance.title": N_("Assessment"),
    "provenance.wave": N_("Wave"),
    "provenance.mode": N_("Mode"),
    "provenance.consensus": N_("one agreed record per function"),
    "provenance.survey": N_("survey"),
    "provenance.figures": N_("Figures"),
    "provenance.released": N_("released under the disclosure rules"),
    "provenance.full": N_("full precision, nothing hidden"),
}
