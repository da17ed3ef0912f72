"""Messages of the perception gap between leaders and practitioners."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
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
    "gap.withheld": N_("Leaders and practitioners can’t be compared: a single answer could be worked out"),
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
    "note.gap-withheld": NN_(
        "{count} dimension is hidden because a single answer could be worked out from both means.",
        "{count} dimensions are hidden because a single answer could be worked out from both means.",
    ),
}
