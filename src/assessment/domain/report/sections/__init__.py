"""The sections of a report, each with its Struct and its builder."""
