"""Messages of what people said, and of the evidence behind ratings."""

from assessment.i18n.messages.markers import N_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "people-said.title": N_("What people told us, in their own words"),
    "people-said.title-share": N_("A document or data backs {share} of the high ratings"),
    "people-said.title-range": N_(
        "A document or data backs {low} to {high} of the high ratings, depending on the function"
    ),
    "people-said.evidence": N_("{function}: a document or data backs {share} of the high ratings"),
    "note.evidence": N_(
        "High ratings are those on the two upper steps of the scale. Evidence is what people say there is; nobody has "
        "checked it."
    ),
    "note.evidence-rounded": N_(
        "High ratings are those on the two upper steps of the scale. Shares are rounded to 10%. Evidence is what "
        "people say there is; nobody has checked it."
    ),
    "note.comments-chosen": N_(
        "Comments are in the words of those who answered, without name or role and in mixed order. The consultant "
        "chose which ones are quoted."
    ),
    "note.comments-withdrawn": N_("Comments were withdrawn."),
}
