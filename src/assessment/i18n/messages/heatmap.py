"""Messages of the heatmap."""

from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

MESSAGES: dict[str, MessageTemplate] = {
    "heatmap.range": N_("Scores run from {low} ({lowest}) to {high} ({highest})"),
    "heatmap.one": N_("Only one dimension of one function has a score ({function}, {dimension}): {score} of 100"),
    "heatmap.even": N_("Practice is the same wherever it is known: {score} of 100"),
    "heatmap.none": N_("No dimension has a score yet"),
    "heatmap.low-everywhere": NN_(
        "{dimensions} is under {cut} in {functions}: a cause in common, best fixed once.",
        "{dimensions} are under {cut} in {functions}: causes in common, best fixed once.",
    ),
    "heatmap.low-in-all": NN_(
        "{dimensions} is under {cut} in {functions}",
        "{dimensions} are under {cut} in {functions}",
    ),
    "heatmap.missing": NN_(
        "{count} cell has no score; the appendix says why.", "{count} cells have no score; the appendix says why."
    ),
    "place.every-function": N_("every function"),
    "place.every-scored-function": N_("every function with a score"),
    "place.dimension": N_("{dimension} in {function}"),
    "place.dimensions": NN_("{count} cell", "{count} cells"),
}
