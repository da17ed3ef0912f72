"""Blocks of which as much is drawn as the page has room for."""

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import Flowable


class AsMany(Flowable):  # type: ignore[misc] # ReportLab has no types
    """The first of some lists of blocks that fits on the page, the last where none does. The longest come first."""

    def __init__(self, choices: Sequence[Sequence[Flowable]]) -> None:
        super().__init__()
        self.choices = choices
        self.chosen: list[tuple[Flowable, float]] = []  # each with its distance from the top to its lower end

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Choose, and tell the size."""
        needed = 0.0
        for blocks in self.choices:
            self.chosen, needed = self._stacked(blocks, width, height)
            if needed <= height:
                break
        return width, needed

    def _stacked(
        self, blocks: Sequence[Flowable], width: float, height: float
    ) -> tuple[list[tuple[Flowable, float]], float]:
        lower, after = 0.0, 0.0
        placed = []
        for block in blocks:
            _, tall = block.wrapOn(self.canv, width, height)
            lower += max(after, block.getSpaceBefore()) + tall
            after = block.getSpaceAfter()
            placed.append((block, lower))
        return placed, lower

    def drawOn(self, canvas: Any, x: float, y: float, _sW: float = 0) -> None:  # noqa: ANN401, N802, N803 - ReportLab's
        """Draw block after block, each tagged by itself."""
        top = y + self.chosen[-1][1] if self.chosen else y
        for block, lower in self.chosen:
            block.drawOn(canvas, x, top - lower, _sW)
