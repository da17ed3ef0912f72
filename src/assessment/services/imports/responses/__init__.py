"""Responses of LimeSurvey and SurveyJS: tables, mapping of columns and values, conversion to the CSV of responses."""
