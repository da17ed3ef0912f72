"""Messages of authority and support."""

from assessment.i18n.messages.markers import N_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
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
    "note.authority-flag": N_(
        "The class is “{risk}” whatever the score: people commit the company without written limits, and one is enough."
    ),
    "note.authority-cuts": N_("Classes of risk, in rising order: {classes}, with cut points at {cuts}."),
}
