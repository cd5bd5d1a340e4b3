# SPDX-License-Identifier: Apache-2.0
"""A picture measured in pixels from its top left corner, in the colours of Grafana's dark theme."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, Rectangle
from PIL import Image

from pictures.fields import COLORS

_DPI = 100
BACKGROUND, PANEL, BORDER, GRID, FAINT = "#111217", "#181b1f", "#2c3036", "#2c3036", "#8e8e99"
TEXT = COLORS["text"]
PALETTE = [
    "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2",
    "#b877d9", "#37872d", "#fade2a", "#447ebc", "#c15c17",
    "#890f02", "#0a437c", "#6d1f62", "#b7dbab", "#f4d598",
]  # fmt: skip


class Box:
    """left, top, width and height in pixels."""

    def __init__(self, left, top, width, height):
        self.left, self.top, self.width, self.height = left, top, width, height
        self.right, self.bottom = left + width, top + height

    def inside(self, left=0, top=0, right=0, bottom=0):
        return Box(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)


class Canvas:
    def __init__(self, width, height):
        self.figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=BACKGROUND)
        self._drawing = FigureCanvasAgg(self.figure)
        self._measure = self._drawing.get_renderer().get_text_width_height_descent
        self._height, self._width = height, width
        self._axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, width), ylim=(height, 0))
        self._axes.axis("off")
        self._layer = 0
        self._fonts = {}

    def rectangle(self, box, color, alpha=1.0, rounded=0, edge=None):
        shape = (
            FancyBboxPatch((box.left, box.top), box.width, box.height, boxstyle=f"round,pad=0,rounding_size={rounded}")
            if rounded
            else Rectangle((box.left, box.top), box.width, box.height)
        )
        shape.set(facecolor=color, alpha=alpha, edgecolor=edge or "none", linewidth=0.7 if edge else 0)
        shape.set_zorder(self._above())
        self._axes.add_patch(shape)

    def line(self, left, top, right, bottom, color):
        self._axes.plot(
            [left, right], [top, bottom], color=color, linewidth=0.7, solid_capstyle="butt", zorder=self._above()
        )

    def text(self, x, y, words, size=11, color=TEXT, align="left", bold=False, room=None):
        """y: of the middle of the line. What has no room is cut short."""
        font = self._font(size, bold)
        shown = self._cut(words, room, font) if room else words
        self._axes.text(
            x, y, shown, fontproperties=font, color=color, ha=align, va="center_baseline",
            parse_math=False, zorder=self._above(),
        )  # fmt: skip

    def _above(self):
        """What is drawn later lies above."""
        self._layer += 1
        return self._layer

    def _font(self, size, bold):
        if (size, bold) not in self._fonts:
            weight = "bold" if bold else "normal"
            self._fonts[size, bold] = FontProperties(family="DejaVu Sans", size=size * 72 / _DPI, weight=weight)
        return self._fonts[size, bold]

    def width_of(self, words, size=11, bold=False):
        return self._measure(words, self._font(size, bold), False)[0]

    def _cut(self, words, room, font):
        if self._measure(words, font, False)[0] <= room:
            return words
        while words and self._measure(words + "…", font, False)[0] > room:
            words = words[:-1]
        return words + "…"

    def plot(self, box):
        """Axes of matplotlib at this place."""
        place = (
            box.left / self._width,
            1 - box.bottom / self._height,
            box.width / self._width,
            box.height / self._height,
        )
        axes = self.figure.add_axes(place, facecolor="none")
        axes.grid(color=GRID, linewidth=0.6)
        axes.tick_params(length=0, labelcolor=TEXT, labelsize=7.5, pad=4)
        axes.set_axisbelow(True)
        for side in axes.spines.values():
            side.set_visible(False)
        return axes

    def save(self, path):
        """With a palette of 256 colours: a quarter of the size, and nothing to be seen of it."""
        self._drawing.draw()
        picture = Image.frombuffer("RGBA", self._drawing.get_width_height(), self._drawing.buffer_rgba())
        picture.convert("RGB").quantize(256).save(path, optimize=True)
