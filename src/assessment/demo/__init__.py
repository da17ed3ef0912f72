"""An invented organisation to look around in: the only place that knows the shipped questionnaire by its ids."""
