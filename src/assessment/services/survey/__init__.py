"""Use cases of respondents: enter, answer, send, withdraw, move a draft to another browser."""
