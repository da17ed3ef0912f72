"""Messages of the sections perception gap, authority, hand-offs and outlook."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    # Leaders and practitioners
    "gap.leaders": N_("Leaders rate {dimensions} {points} points higher than practitioners do"),
    "gap.practitioners": N_("Practitioners rate {dimensions} {points} points higher than leaders do"),
    "gap.mixed": NN_(
        "Leaders and practitioners differ on {count} dimension, most on {dimensions}: {points} points",
        "Leaders and practitioners differ on {count} dimensions, in both directions, most on {dimensions}: "
        "{points} points",
    ),
    "gap.may-leaders": N_("Leaders may rate practice higher than practitioners do; chance could explain it"),
    "gap.may-practitioners": N_("Practitioners may rate practice higher than leaders do; chance could explain it"),
    "gap.may-mixed": N_("Leaders and practitioners may differ, in both directions; chance could explain it"),
    "gap.open": N_("Too few answers to tell whether leaders and practitioners see practice alike"),
    "gap.untested": N_("Whether leaders and practitioners differ was not tested"),
    "gap.untested-in-part": NN_(
        "In {count} dimension it was not tested whether leaders and practitioners differ",
        "In {count} dimensions it was not tested whether leaders and practitioners differ",
    ),
    "gap.alike": N_("Leaders and practitioners see much the same"),
    "gap.alike-in-part": N_("Where they can be compared, leaders and practitioners see much the same"),
    "gap.hidden": N_("Too few leaders or practitioners answered to compare their views"),
    "gap.none": N_("Leaders and practitioners can’t be compared yet"),
    "gap.consensus": N_("Leaders and practitioners answered together, so no gap is measured"),
    "who.leaders": N_("leaders more positive"),
    "who.practitioners": N_("practitioners more positive"),
    "who.same": N_("the same"),
    "verdict.untested": N_("not tested"),
    "verdict.none": N_("much the same"),
    "verdict.open": N_("too few answers to tell"),
    "verdict.indicative": N_("may differ; chance could explain it"),
    "verdict.confirmed": N_("differ"),
    "verdict.strong": N_("differ"),
    "goals.answers": N_("{leaders} leaders, {practitioners} practitioners"),
    "note.verdicts": N_(
        "“May differ”: {indicative} points or more apart, but the {percent}% interval includes 0. “Differ”: as far "
        "apart, and the interval excludes 0. “Much the same”: closer than that, and the interval stays below {strong} "
        "points either way. Gaps are measured within each function, so the staff mix doesn’t distort them."
    ),
    "note.gap-chance": N_(
        "Average size of gap: at these numbers of people, chance alone would give about {points} points."
    ),
    # Gap verdicts of method 1.0: releases made with it keep their texts
    "gap.hint-leaders": N_("Leaders may see practice more positively than practitioners do; no gap is confirmed"),
    "gap.hint-practitioners": N_("Practitioners may see practice more positively than leaders do; no gap is confirmed"),
    "gap.hint-mixed": N_("Leaders and practitioners may differ, in both directions; no gap is confirmed"),
    "gap.closed": N_("On average, leaders and practitioners see practice alike"),
    "gap.closed-in-part": N_("Where they can be compared, leaders and practitioners see practice alike on average"),
    "verdict-first.none": N_("no gap"),
    "verdict-first.indicative": N_("indicative"),
    "verdict-first.confirmed": N_("confirmed"),
    "verdict-first.strong": N_("strong"),
    "note.verdicts-first": N_(
        "A gap is indicative from {indicative} points. It is confirmed where its {percent}% interval excludes 0, "
        "and strong where it also reaches {strong} points. Gaps are measured within each function, "
        "so the staff mix doesn’t distort them."
    ),
    "note.gap-hidden": NN_(
        "{count} dimension is hidden: it needs {needed} leaders and {needed} practitioners with an answer.",
        "{count} dimensions are hidden: each needs {needed} leaders and {needed} practitioners with an answer.",
    ),
    # Authority and support
    "authority.high": N_("Authority exceeds support by {points} points; the risk of being set up to fail is {risk}"),
    "authority.high-covered": N_(
        "Authority is {authority}, support {support}; the risk of being set up to fail is {risk}"
    ),
    "authority.flags": N_("Some commit the company without written limits; the risk of being set up to fail is {risk}"),
    "authority.over-controlled": N_("Support exceeds authority by {points} points: people are held back from deciding"),
    "authority.moderate": N_("Authority is {authority}, support {support}; the risk of being set up to fail is {risk}"),
    "authority.low": N_("Authority is {authority}, support {support}; the risk of being set up to fail is {risk}"),
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
    "hand-offs.weak-together": N_("The weakest hand-offs are {channels} in {function}, at {score}"),
    "hand-offs.weak-many": N_("{count} hand-offs share the lowest score, {score}"),
    "hand-offs.weak-tied": N_("The weakest hand-offs are {places}, at {score}"),
    "hand-offs.kept": N_("Hand-offs hold on every channel known: the weakest is at {score}"),
    "hand-offs.hidden": N_("Too few answers to show hand-offs between channels"),
    "hand-offs.none": N_("Hand-offs between channels can’t be scored yet"),
    "note.hand-off-scale": N_("What the scores stand for. 0: {low}. 50: {middle}. 100: {high}."),
    "note.hand-off-missing": NN_("No hand-off score for {functions}.", "No hand-off score for {functions}."),
    # Outlook
    "outlook.class": N_("If nothing changes, roles head for “{name}” within {years} years"),
    "embedding.apart": N_("Embedding is at {score} of 100, “{name}”. {meaning}"),
    "embedding.shared": N_("Embedding is at {score} of 100, “{name}”. {meaning}"),
    "outlook.hidden": N_("Too few practitioners answered to say where roles will be in {years} years"),
    "outlook.none": N_("Where roles will be in {years} years can’t be said yet"),
    "outlook.consensus": N_("The outlook on roles is asked of people, so consensus mode leaves it out"),
    "note.scenario": N_("This is a scenario for the next {years} years, not a forecast."),
    "note.outlook-group": N_(
        "Independence: how much of the work would go on without the main network. "
        "Readiness: a named next role, and skills that belong to no channel. The point is the average of the group."
    ),
}
