"""Files of a questionnaire."""

STRUCTURE = "questionnaire.toml"
ADVICE = "advice.toml"
ENGLISH = "translations/en.toml"
