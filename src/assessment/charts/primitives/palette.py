"""Colours of the tones: Okabe-Ito with a contrast of 3:1 on white, and one hue in five steps for levels.

A page's stylesheet may override them (`.tone-accent`); the PDF uses these.
"""

PALETTE: dict[str, str] = {
    "ink": "#16202C",
    "muted": "#55606E",
    "rule": "#8A94A0",
    "faint": "#DDE2E7",
    "wash": "#F3F5F7",
    "paper": "#FFFFFF",
    "accent": "#0072B2",
    "second": "#D55E00",
    "third": "#00805E",
    "level-1": "#E3EEF6",
    "level-2": "#B9D7EA",
    "level-3": "#7DB4D8",
    "level-4": "#1F6FA6",
    "level-5": "#0B3D63",
    "on-level-1": "#16202C",
    "on-level-2": "#16202C",
    "on-level-3": "#16202C",
    "on-level-4": "#FFFFFF",
    "on-level-5": "#FFFFFF",
}

LINEAR_LIMIT = 0.04045  # sRGB threshold: below it the transfer function is linear


def compute_luminance(colour: str) -> float:
    """Relative luminance 0-1 of "#RRGGBB" (WCAG 2.2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= LINEAR_LIMIT else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def compute_contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1-21 (WCAG 2.2)."""
    light, dark = sorted((compute_luminance(first), compute_luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
