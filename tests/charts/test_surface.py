"""One way of drawing: marks become shapes once, whatever they are drawn on."""

import pytest

from assessment.charts.primitives.marks import Box, Chart, ChartLabel, ChartLine, Marker
from assessment.charts.primitives.surface import Paint, draw_chart


class RecordingSurface:
    """Records the shapes."""

    def __init__(self):
        self.shapes = []

    def draw_rectangle(self, box, radius, paint):
        self.shapes.append(("rectangle", box.tone, radius, paint))

    def draw_line(self, line):
        self.shapes.append(("line", line.tone))

    def draw_circle(self, marker, paint):
        self.shapes.append(("circle", marker.tone, paint))

    def draw_polygon(self, corners, paint):
        self.shapes.append(("polygon", corners, paint))

    def draw_text(self, label):
        self.shapes.append(("text", label.text))


def record_shapes(*marks):
    surface = RecordingSurface()
    draw_chart(Chart(100, 100, marks, "", ""), surface)
    return surface.shapes


def test_marks_are_drawn_in_their_order():
    shapes = record_shapes(ChartLine(0, 0, 9, 9, "ink"), ChartLabel(0, 0, "Score"), Box(0, 0, 9, 9, "accent"))

    assert [shape[0] for shape in shapes] == ["line", "text", "rectangle"]


def test_hollow_shapes_are_white_with_an_outline():
    shapes = record_shapes(Marker(5, 5, 3, "circle", "accent", hollow=True), Box(0, 0, 9, 9, "accent", outline=True))

    assert shapes == [
        ("circle", "accent", Paint("accent", "paper", "accent")),
        ("rectangle", "accent", 0, Paint("accent", "paper", "accent")),
    ]


def test_corners_are_no_rounder_than_the_box_allows():
    assert record_shapes(Box(0, 0, 9, 4, "accent", radius=5))[0][2] == 2


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_boxes_without_an_area_are_left_out(width, height):
    assert record_shapes(Box(0, 0, width, height, "accent")) == []


def test_diamond_reaches_further_than_a_square():
    diamond, square = record_shapes(Marker(0, 0, 4, "diamond", "ink"), Marker(0, 0, 4, "square", "ink"))

    assert max(x for x, _ in diamond[1]) == 5
    assert max(x for x, _ in square[1]) == 4
