"""What a respondent does: enter, answer, send, withdraw, move a draft to another browser."""
