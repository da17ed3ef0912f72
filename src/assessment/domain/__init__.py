"""What is true without any framework: questionnaire, answers, scoring, disclosure, advice, report."""
