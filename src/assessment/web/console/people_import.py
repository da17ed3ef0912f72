"""Decisions of the form that checks a list of people, and the words that the list may use."""

import re
from collections.abc import Callable, Sequence

from assessment.domain.questionnaire import Questionnaire
from assessment.domain.text_normalisation import fold_name
from assessment.i18n import SOURCE_LANGUAGE, get_translator, list_languages
from assessment.i18n.messages import N_
from assessment.services.people.invitee_checks import Invitee
from assessment.services.people.list_import.list_columns import ListColumn, fold_heading
from assessment.services.people.list_import.list_reading import FUNCTION_WORD, ROLE_WORD, ListChoices
from assessment.services.people.list_import.list_vocabulary import ListVocabulary
from assessment.storage.assessments import Assessment
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.labels import get_labels

COLUMNS = ("name", "email", "role", "functions")
COLUMN_LABELS = (N_("Name"), N_("Email"), N_("Role"), N_("Functions"))
PASTE_LABEL = N_("One person per line: name, email, role, functions")
ALL_FUNCTIONS = N_("all")
COLUMN_FIELD = re.compile(r"column:(\d{1,4})")
WORD_FIELD = re.compile(rf"word:({ROLE_WORD}|{FUNCTION_WORD}):(.*)", re.DOTALL)
FIX_FIELD = re.compile(r"fix:(\d{1,6}):(name|email|role|functions)")
TWICE_FIELD = re.compile(r"twice:(\d{1,6})")  # leave out, unless another address was typed next to it
SKIP_FIELD = re.compile(r"skip:(\d{1,6})")


def build_vocabulary(questionnaire: Questionnaire, assessment: Assessment, language: str) -> ListVocabulary:
    """Collect the accepted texts of all languages; precedence: id, reader's language, English, other languages."""
    languages = dict.fromkeys((*list_languages(), SOURCE_LANGUAGE, language))
    ordered = [tag for tag in languages if tag not in (SOURCE_LANGUAGE, language)] + [SOURCE_LANGUAGE, language]
    columns: dict[str, str] = {}
    roles: dict[str, str] = {}
    functions: dict[str, str] = {}
    everything: set[str] = set()
    for tag in ordered:
        labels, gettext = get_labels(questionnaire, assessment, tag), get_translator(tag).gettext
        columns |= zip(_list_headings(gettext), COLUMNS * 2, strict=True)
        roles |= {fold_name(title): id_ for id_, title in labels.roles.items()}
        functions |= {fold_name(title): id_ for id_, title in labels.functions.items()}
        everything.add(fold_name(gettext(ALL_FUNCTIONS)))
    labels = get_labels(questionnaire, assessment, language)
    return ListVocabulary(
        columns=columns | {name: name for name in COLUMNS},
        roles=roles | {id_: id_ for id_ in labels.roles},
        functions=functions | {id_: id_ for id_ in labels.functions},
        everything=frozenset(everything),
    )


def read_choices(form: FormData) -> ListChoices:
    """Read the decisions of the check page; unknown values are left out."""
    columns: dict[int, ListColumn] = {}
    words: dict[tuple[str, str], str] = {}
    fixes: dict[tuple[int, str], str] = {}
    left_out: set[int] = set()
    for name in form.fields:
        value = form.text(name)
        if (match := COLUMN_FIELD.fullmatch(name)) and value in set(ListColumn):
            columns[int(match[1])] = ListColumn(value)
        elif (match := WORD_FIELD.fullmatch(name)) and value:
            words[match[1], match[2]] = value
        elif match := FIX_FIELD.fullmatch(name):
            fixes[int(match[1]), match[2]] = value
        elif ((match := TWICE_FIELD.fullmatch(name)) and value == form.text(f"fix:{match[1]}:email")) or (
            (match := SKIP_FIELD.fullmatch(name)) and value
        ):
            left_out.add(int(match[1]))
    return ListChoices(columns=columns, words=words, fixes=fixes, left_out=frozenset(left_out))


def make_invitee(name: str, email: str, role: str, functions: Sequence[str]) -> Invitee:
    """Build an invitee; empty name and email become None."""
    return Invitee(role=role, functions=tuple(functions), email=email or None, name=name or None)


def _list_headings(gettext: Callable[[str], str]) -> list[str]:
    """List the column labels of the table of people and of the paste field."""
    words = gettext(PASTE_LABEL).partition(":")[2].split(",")
    return [fold_heading(heading) for heading in (*(gettext(label) for label in COLUMN_LABELS), *words)]
