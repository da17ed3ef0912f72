"""Messages of the appendix: method, withheld figures, provenance."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    # Method
    "method.consensus": N_(
        "This assessment was made in consensus mode: each function agreed on one record. There is no interval, "
        "no agreement, no comparison of roles and no outlook, since nobody answered alone."
    ),
    "method.items": N_(
        "Every item is answered on a five-step scale of observable practice, from 0 to 4, which become 0 to 100. "
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
        "A level is a band of the score, at most {step} above the weakest part: "
        "the level is capped by the weakest area."
    ),
    "method.embedding": N_(
        "Embedding takes the items that say whether the work is a normal part of the function. It is a geometric mean "
        "in which a function counts as at least {floor}, so that strength in one can’t offset weakness in another."
    ),
    "method.advice": N_(
        "Each piece of advice has a rule with a cut point. Its priority weighs impact, distance to target, "
        "risk, confidence and effort; urgent advice is pinned first. The first {now} start now, the rest start next. "
        "The horizon counts from the start and says by when the indicator should have moved."
    ),
    "method.interval-first": N_(
        "Intervals ({percent}) come from leaving out one respondent at a time (jackknife). Treat wide intervals with "
        "caution."
    ),
    "method.interval": N_(
        "Intervals ({percent}) come from leaving out one respondent at a time (jackknife), with n − 1 degrees of "
        "freedom. Treat wide intervals with caution."
    ),
    "method.interval-released": N_(
        "Here they also include what rounding adds, are rounded up to whole points, and are wider where an item is "
        "released as “or less” or “or more”."
    ),
    "method.ranks": N_(
        "One function or dimension is called ahead, behind, strongest or weakest only where it differs from the next "
        "by {points} points or more and by more than the uncertainty of both together."
    ),
    "method.risk": N_(
        "“Set up to fail” is authority times missing support, worked out for each practitioner and then averaged. "
        "It is shown only where enough practitioners answered."
    ),
    "method.gap": NN_(
        "Gaps between leaders and practitioners are {count} test at {percent}.",
        "Gaps between leaders and practitioners are {count} tests at {percent}, not corrected for one another: "
        "the more tests, the more often one shows a difference that isn’t there.",
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
    "cut.gap-indicative": N_("Gap large enough to matter from"),
    "cut.gap-strong": N_("Gap wide from"),
    "cut.balance": N_("Balance flagged under"),
    "cut.spread": N_("Spread flagged from"),
    "cut.tie": N_("Ahead or behind from a distance of"),
    "cut.outlook": N_("Independence and readiness high from"),
    "cut.careless": N_("Signs of careless answering that exclude a response"),
    "cut.submitted": N_("Unsent answers count from an answered share of"),
    # What is hidden and why
    "hidden.rule": N_(
        "Results are shown only for groups of {needed} people or more: without one’s own answer, {group} are left. "
        "An item with fewer answers is left out as if it had never been asked, also from every figure it is part of."
    ),
    "hidden.steps": N_(
        "Scores of items are given to the nearest {step}, as “{lowest} or less” and “{highest} or more” at the ends. "
        "Everything else is worked out from these released figures, so anyone can recompute it."
    ),
    "hidden.decided": N_(
        "So is an item of very few people where some score would leave only one possibility for a person’s answer, "
        "whatever its score is. Averages of leaders and of practitioners are hidden where they would, next to the "
        "scores of their items."
    ),
    "hidden.nothing": N_("No figure is hidden in this report."),
    "hidden.count": NN_("{count} figure is hidden in this report.", "{count} figures are hidden in this report."),
    "hidden.unanimous": N_(
        "If everyone else picks the highest or lowest answer, someone who took part could guess that."
    ),
    "hidden.open": N_("Nothing is hidden or rounded: this report was made with every figure open."),
    "hidden.nothing-consensus": N_("Nothing is hidden: team answers do not speak of single people."),
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
    "provenance.consensus": N_("one team answer per function"),
    "provenance.survey": N_("survey"),
    "provenance.figures": N_("Figures"),
    "provenance.released": N_("released under the disclosure rules"),
    "provenance.full": N_("full precision, nothing hidden"),
}
