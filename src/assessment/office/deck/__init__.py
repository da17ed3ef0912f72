"""The deck: 12 to 16 slides with sentences as titles, native charts, tables and speaker notes."""

from io import BytesIO

from assessment.office.deck.slide_writer import DeckWriter, SlideLayouts
from assessment.office.deck.slides import (
    answer,
    appendix,
    authority,
    change,
    cover,
    functions,
    hand_offs,
    heatmap,
    outlook,
    own_comments,
    own_findings,
    perception_gap,
    roadmap,
    target_paths,
    targets,
)
from assessment.office.selection import EditionSelection

MAX_SLIDES = 16


def write_deck(selection: EditionSelection, layouts: SlideLayouts | None = None) -> bytes:
    """Write the deck of an edition, with our own layouts or with those of a firm."""
    deck = DeckWriter(selection, layouts)
    cover.add_cover(deck)
    if selection.function is not None:
        _add_playbook(deck)
    elif selection.is_short:
        _add_board_slides(deck)
    else:
        _add_all_slides(deck)
    target = BytesIO()
    deck.finish_presentation().save(target)
    return target.getvalue()


def _add_all_slides(deck: DeckWriter) -> None:
    """Add all slides.

    Where an earlier wave and the consultant's own texts take more than there is room for, the paths to target levels
    are left out, then who begins what: the answer and the roadmap name the owners too.
    """
    answer.add_answer(deck)
    own_findings.add_own_findings(deck)
    targets.add_targets(deck)
    heatmap.add_heatmap(deck)
    functions.add_functions(deck)
    perception_gap.add_perception_gap(deck)
    authority.add_authority(deck)
    hand_offs.add_hand_offs(deck)
    outlook.add_outlook(deck)
    change.add_change(deck)
    roadmap.add_roadmap(deck)
    if deck.slide_count + own_comments.has_own_comments(deck) < MAX_SLIDES - 1:
        roadmap.add_first_actions(deck)
    own_comments.add_own_comments(deck)
    if deck.slide_count < MAX_SLIDES - 1:
        target_paths.add_target_paths(deck)
    appendix.add_appendix(deck)


def _add_board_slides(deck: DeckWriter) -> None:
    answer.add_answer(deck)
    own_findings.add_own_findings(deck)
    heatmap.add_heatmap(deck)
    change.add_change(deck)
    roadmap.add_first_actions(deck)
    own_comments.add_own_comments(deck)
    appendix.add_appendix(deck)


def _add_playbook(deck: DeckWriter) -> None:
    """Add the slides of one function: nothing about the others."""
    functions.add_function(deck, deck.selection.functions[0])
    roadmap.add_roadmap(deck)
    roadmap.add_first_actions(deck)
    own_comments.add_own_comments(deck)
    appendix.add_provenance(deck)
