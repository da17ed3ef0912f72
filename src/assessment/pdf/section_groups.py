"""The sections of the full report between contents and roadmap, in the layouts among which the pages choose."""

from collections.abc import Callable, Sequence
from functools import partial

from assessment.domain.report import Report
from assessment.i18n import Translator
from assessment.pdf.page_blocks import Blocks, SectionLayout
from assessment.pdf.pages import (
    authority,
    change,
    functions,
    hand_offs,
    heatmap,
    ladder,
    outlook,
    own_findings,
    people_said,
    perception_gap,
    roadmap,
    targets,
)
from assessment.pdf.typesetting.page_groups import BlockGroups, SectionStart, group_by_section

# Height of a row in the heatmap and in the hand-offs, and topics without a table of actions.
GRID_SIZES: tuple[tuple[float, float, tuple[str, ...]], ...] = (
    (44.0, 44.0, ()),
    (44.0, 64.0, ()),
    (64.0, 44.0, ()),
    (44.0, 36.0, ("authority", "outlook")),
    (36.0, 36.0, ("balance", "authority", "outlook")),
    (44.0, 44.0, ("hand-offs",)),
    (44.0, 44.0, ("functions",)),
)


def list_section_choices(report: Report, translator: Translator) -> Sequence[Callable[[], BlockGroups]]:
    """List the ways to lay out the sections, the usual one first."""
    has_ladder, has_embedding = ladder.has_room_with_targets(report), outlook.has_room_with_hand_offs(report)
    ladders = (has_ladder, not has_ladder) if ladder.can_stand_with_targets(report) else (has_ladder,)
    embeddings = (has_embedding, not has_embedding) if outlook.can_stand_with_hand_offs(report) else (has_embedding,)
    layouts = [
        SectionLayout(with_targets, with_hand_offs, heatmap_row, hand_off_row, shortened)
        for heatmap_row, hand_off_row, shortened in GRID_SIZES
        for with_targets in ladders
        for with_hand_offs in embeddings
    ]
    sections = SectionGroups(report, translator)
    return [partial(sections.group_sections, layout) for layout in layouts]


class SectionGroups:
    """Sections in groups; one that looks the same in two layouts is laid out, and later measured, once."""

    def __init__(self, report: Report, translator: Translator) -> None:
        self.report = report
        self.translator = translator
        self.sections: dict[tuple[str, object], BlockGroups] = {}

    def group_sections(self, layout: SectionLayout) -> BlockGroups:
        """Group all sections. Those of which little is known are short and go after the others."""
        report, translator = self.report, self.translator
        with_ladder, with_embedding = layout.has_ladder_with_targets, layout.has_embedding_with_hand_offs
        first = [
            self._lay_out("targets", with_ladder, lambda: targets.lay_out_targets(report, translator, layout)),
            self._lay_out(
                "heatmap",
                (with_ladder, layout.heatmap_row, layout.shortened),
                lambda: heatmap.lay_out_heatmap(report, translator, layout),
            ),
        ]
        subjects = [
            *(
                self._lay_out(
                    part.id,
                    "functions" in layout.shortened,
                    partial(
                        functions.lay_out_function,
                        report,
                        part,
                        translator,
                        is_compact="functions" in layout.shortened,
                    ),
                )
                for part in report.functions
            ),
            self._lay_out("gap", None, lambda: perception_gap.lay_out_perception_gap(report, translator)),
            self._lay_out(
                "authority", layout.shortened, lambda: authority.lay_out_authority(report, translator, layout)
            ),
            self._lay_out(
                "hand-offs",
                (with_embedding, layout.hand_off_row, layout.shortened),
                lambda: hand_offs.lay_out_hand_offs(report, translator, layout),
            ),
        ]
        known = [section for section in subjects if section and isinstance(section[0], SectionStart)]
        unknown = [section for section in subjects if section and not isinstance(section[0], SectionStart)]
        # Embedding alone fills no page: it follows the lines on subjects of which nothing is known.
        last = [
            self._lay_out(
                "outlook",
                (with_embedding, layout.shortened),
                lambda: outlook.lay_out_outlook(report, translator, layout, is_new_page=not unknown),
            ),
            self._lay_out("people-said", None, lambda: people_said.lay_out_people_said(report, translator)),
        ]
        if not report.roadmap.actions:
            last.append(self._lay_out("roadmap", None, lambda: roadmap.lay_out_roadmap(report, translator)))
            last.append(self._lay_out("change", None, lambda: change.lay_out_change(report, translator)))
            last.append(self._lay_out("own", None, lambda: own_findings.lay_out_own_findings(report, translator)))
        return [group for section in (*first, *known, *unknown, *last) for group in section]

    def _lay_out(self, name: str, layout_key: object, lay_out: Callable[[], Blocks]) -> BlockGroups:
        """Group a section; `layout_key` is what it takes from the layout."""
        if (name, layout_key) not in self.sections:
            self.sections[name, layout_key] = group_by_section(lay_out())
        return self.sections[name, layout_key]
