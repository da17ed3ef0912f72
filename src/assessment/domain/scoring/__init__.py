"""From answers to figures: pure functions, driven by the questionnaire alone."""
