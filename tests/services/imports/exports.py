"""The same answers as ten tools and settings export them."""

import csv
import io
import json

import xlsxwriter

LANGUAGES = {"en": 0, "de": 1, "fr": 2, "es": 3}
ID_HEADINGS = ("Response ID", "Antwort ID", "ID de la réponse", "ID de la respuesta")
SENT_HEADINGS = ("Date submitted", "Datum Abgeschickt", "Date de soumission", "Fecha de envío")
WORDS = {"dk": ("I don't know", "Weiß nicht", "Je ne sais pas", "No lo sé")}
WORDS |= {"na": ("Not applicable", "Trifft nicht zu", "Ne s’applique pas", "No aplica")}
PEOPLE = (
    ("p1", "practitioner", ("customer-service",), "61.5"),
    ("p2", "leader", ("customer-service", "marketing"), "90"),
    ("p3", "staff", ("hr",), ""),
    ("p4", "practitioner", ("customer-service",), "45"),
)
ASKED = {"customer-service": "CS", "marketing": "MK", "hr": "HR"}
CODES = ("0", "1", "2", "3", "4", "dk", "na")


def expect_rows(questionnaire):
    """Return the expected rows, as in the CSV of responses."""
    rows = []
    for number, (name, role, functions, seconds) in enumerate(PEOPLE):
        answers = {}
        for place, item in enumerate(questionnaire.items):
            asked = role in item.roles and (item.function is None or item.function in functions)
            answers[item.id] = CODES[(number + place) % len(CODES)] if asked else ""
        rows.append({"respondent": name, "role": role, "functions": ";".join(functions), "seconds": seconds} | answers)
    return rows


class Exporter:
    """Writes the answers with headings and words of a language."""

    def __init__(self, questionnaire, language="en"):
        self.questionnaire, self.texts = questionnaire, questionnaire.text(language)
        self.number = LANGUAGES[language]
        self.rows = expect_rows(questionnaire)

    def tell(self, item, code):
        """The words of an answer."""
        if code in WORDS:
            return WORDS[code][self.number]
        return self.texts.items[item.id].rungs[int(code)] if code else ""

    def table(self, *, heading, answer, extra=True):
        """Header and rows, LimeSurvey's own columns included, and a response that was not sent."""
        header = [ID_HEADINGS[self.number], SENT_HEADINGS[self.number], "Last page", "role question", "areas"]
        header += [heading(item) for item in self.questionnaire.items]
        rows = [
            [
                row["respondent"],
                "2026-03-02 09:30:15",
                "3",
                self.texts.roles[row["role"]],
                ", ".join(self.texts.functions[id_] for id_ in row["functions"].split(";")),
                *(answer(item, row[item.id]) for item in self.questionnaire.items),
            ]
            for row in self.rows
        ]
        if extra:
            rows.append(["p9", "", "1", rows[0][3], rows[0][4], *[""] * len(self.questionnaire.items)])
        return [header, *rows]

    def by_words(self):
        """Full question text as heading, answers in words."""
        return self.table(heading=lambda item: self.texts.items[item.id].text, answer=self.tell)


def code_of(item):
    return item.id.replace("-", "")


def count_from_one(_item, code):
    return str(int(code) + 1) if code.isdecimal() else code


def name_answer(_item, code):
    return f"A{int(code) + 1}" if code.isdecimal() else code


def write_csv(table, delimiter=",", quoting=csv.QUOTE_ALL):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerows(table)
    return file.getvalue()


def write_xlsx(table):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def write_surveyjs(exporter):
    """Results with nested answers of a matrix and a list of areas."""
    results = []
    for row in exporter.rows:
        answers = {item.id: row[item.id] for item in exporter.questionnaire.items if row[item.id]}
        nested = {id_: int(code) if code.isdecimal() else code for id_, code in answers.items()}
        results.append(
            {
                "id": row["respondent"],
                "who": row["role"],
                "areas": row["functions"].split(";"),
                "matrix": nested,
                "pageNo": 3,
            }
        )
    return json.dumps(results).encode()


def write_ticked(exporter):
    """LimeSurvey's code and text as heading, and a column of Y for each area."""
    table = exporter.table(
        heading=lambda item: f"{code_of(item)}. {exporter.texts.items[item.id].text}", answer=count_from_one
    )
    areas = list(exporter.texts.functions.items())
    for number, line in enumerate(table):
        if number == 0:
            ticks = [f"G01Q02[SQ{place}]. Where do you work? [{title}]" for place, (_, title) in enumerate(areas)]
        else:
            chosen = exporter.rows[number - 1]["functions"].split(";") if number <= len(exporter.rows) else ["hr"]
            ticks = ["Y" if id_ in chosen else "" for id_, _ in areas]
        line[4:5] = ticks
    return write_csv(table).encode()


MAPPING = b"""
respondent = "who"
scale = "1-5"
ignore = ["note"]

[role]
column = "job"
values = { "Chefin" = "leader", "Macherin" = "practitioner", "Kollegin" = "staff" }

[functions]
column = "team"
values = { "KD" = "customer-service", "KD+MK" = "customer-service;marketing", "PE" = "hr" }

[values]
"?" = "dk"
"x" = "na"

[items]
"CS-P1" = { column = "q1", reversed = true }
"""


def write_own_names(exporter):
    """A spreadsheet of one's own, that only a mapping explains."""
    jobs = {"leader": "Chefin", "practitioner": "Macherin", "staff": "Kollegin"}
    teams = {"customer-service": "KD", "customer-service;marketing": "KD+MK", "hr": "PE"}
    items = exporter.questionnaire.items
    table = [["who", "job", "team", "note", *("q1" if item.id == "CS-P1" else item.id for item in items)]]
    for row in exporter.rows:
        cells = []
        for item in items:
            code = row[item.id]
            number = str(5 - int(code) if item.id == "CS-P1" else int(code) + 1) if code.isdecimal() else code
            cells.append({"dk": "?", "na": "x"}.get(number, number))
        table.append([row["respondent"], jobs[row["role"]], teams[row["functions"]], "a;b\nc", *cells])
    return write_csv(table, ";").encode("utf-8-sig")


def write_all(questionnaire):
    """Content, kind, mapping and what is not in it, by name."""
    english, german = Exporter(questionnaire), Exporter(questionnaire, "de")
    words = german.by_words()
    return {
        "codes": write_csv(english.table(heading=code_of, answer=lambda _, code: code)).encode(),
        "UTF-16 with tabs": write_csv(english.by_words(), "\t").encode("utf-16"),
        "German with semicolons": write_csv(words, ";").encode("utf-8-sig"),
        "German Excel": write_csv(words, ";", csv.QUOTE_MINIMAL).encode("cp1252", "replace"),
        "sep line": b"sep=;\r\n" + write_csv(words, ";").encode(),
        "French": write_csv(Exporter(questionnaire, "fr").by_words()).encode(),
        "Spanish": write_csv(Exporter(questionnaire, "es").by_words()).encode(),
        "workbook": write_xlsx(english.table(heading=code_of, answer=name_answer)),
        "code and text, from 1 to 5, ticked areas": write_ticked(english),
        "SurveyJS": write_surveyjs(english),
        "own names with a mapping": write_own_names(english),
    }
