"""Texts of all report messages by id: English here, other languages in `locale/`.

`N_` and `NN_` only mark a text for extraction; `Translator.text` translates it. A pair is singular and plural,
chosen by the value named `count`.
"""

from assessment.wording.sentences import appendix, figures, people, standing, summary, waves, way
from assessment.wording.sentences.marking import N_, NN_, Template

__all__ = ["NN_", "N_", "SENTENCES", "Template"]
PARTS = (figures, standing, people, way, waves, summary, appendix)
SENTENCES: dict[str, Template] = {name: text for part in PARTS for name, text in part.SENTENCES.items()}
