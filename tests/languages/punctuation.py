"""Rules of punctuation by language: spaces, quotation marks, ¿ and ¡."""

SPACE = "[ \N{NO-BREAK SPACE}]"
FAULTS = {
    "de": {
        "straight quotation marks": r'"',
        "English quotation marks": r"”|“(?=\w)",
        "a percent sign that may slip to the next line": r"[\d}s] %(?!\()",
    },
    "es": {
        "quotation marks of another language": r'["“”„]',
        "a question without ¿": r"^[^¿]*\?",
        "an exclamation without ¡": r"^[^¡]*!",
        "a percent sign that may slip to the next line": r"[\d}s] %(?!\()",
    },
    "fr": {
        "quotation marks of another language": r'["“”„]',
        "a straight apostrophe": r"\w'\w",
        "no narrow space before a mark": rf"[\w}}»)%]{SPACE}?[;!?](?!\w)|[\w}}»)]{SPACE}:",
        "a percent sign that may slip to the next line": r"[\d}] ?%(?![(\w])",
        "no space before a colon": r"(?<!functio)[\w}»)]:(?=\s|$)",  # `function:` is typed like that
        "no narrow space within quotation marks": r"«(?!\N{NARROW NO-BREAK SPACE})|(?<!\N{NARROW NO-BREAK SPACE})»",
    },
}
