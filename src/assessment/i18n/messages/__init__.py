"""Texts of all report messages by id: English here, other languages in `locale/`.

`N_` and `NN_` only mark a text for extraction; `Translator.render_message` translates it. A pair is singular and
plural, chosen by the value named `count`.
"""

from assessment.i18n.messages import (
    answer,
    appendix,
    authority,
    change,
    figures,
    functions,
    hand_offs,
    heatmap,
    outlook,
    participation,
    people_said,
    perception_gap,
    plan,
    roadmap,
    strengths,
    summary,
    target_paths,
    targets,
)
from assessment.i18n.messages.markers import N_, NN_, MessageTemplate

__all__ = ["MESSAGES", "NN_", "N_", "MessageTemplate"]
MESSAGE_MODULES = (
    figures,
    answer,
    functions,
    targets,
    heatmap,
    perception_gap,
    authority,
    hand_offs,
    outlook,
    roadmap,
    plan,
    strengths,
    participation,
    target_paths,
    change,
    summary,
    people_said,
    appendix,
)
MESSAGES: dict[str, MessageTemplate] = {
    name: text for module in MESSAGE_MODULES for name, text in module.MESSAGES.items()
}
