"""Questions of XLSForm, LimeSurvey and SurveyJS as a draft questionnaire."""
