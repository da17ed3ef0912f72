"""Settings of a wave compared with those of the wave before: both values of each, in words."""

from msgspec import Struct

from assessment.domain.questionnaire import Questionnaire
from assessment.i18n import Translator, get_translator
from assessment.i18n.messages import N_
from assessment.storage.assessments import Assessment
from assessment.web.console.forms.field_texts import (
    EMPTY_VALUE,
    format_label,
    format_value,
    list_parts,
    sort_fields,
)
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.settings_form import fill_settings_form
from assessment.web.console.labels import QuestionnaireLabels
from assessment.web.http.languages import list_language_names

IMPORTANCE = N_("Importance of advice")
UNCOMPARED = ("closes_on",)  # each wave has its own


class SettingDifference(Struct, frozen=True):
    """A setting with its value in the wave before and now; a dash means none."""

    label: str
    then: str
    now: str


def compare_settings(
    waves: tuple[Assessment, Assessment], questionnaire: Questionnaire, labels: QuestionnaireLabels, language: str
) -> tuple[SettingDifference, ...]:
    """Compare the wave before with the later one, in the order of the settings form."""
    translator = get_translator(language)
    then, now = (fill_settings_form(wave, translator) for wave in waves)
    differences = [
        SettingDifference(
            format_label(translator, labels, name),
            _format_setting(translator, labels, name, then),
            _format_setting(translator, labels, name, now),
        )
        for name in sort_fields([*now.fields, *then.fields])
        if name not in UNCOMPARED and list_parts(then, name) != list_parts(now, name)
    ]
    more = (_list_more_settings(wave, questionnaire, translator) for wave in waves)
    earlier, later = more
    differences += [
        SettingDifference(label, earlier.get(label, EMPTY_VALUE), later.get(label, EMPTY_VALUE))
        for label in dict.fromkeys([*later, *earlier])
        if earlier.get(label) != later.get(label)
    ]
    return tuple(differences)


def _format_setting(translator: Translator, labels: QuestionnaireLabels, name: str, form: FormData) -> str:
    if name in ("share_results", "in_benchmarks") and not form.text(name):
        return translator.gettext("no")
    return format_value(translator, labels, name, form)


def _list_more_settings(wave: Assessment, questionnaire: Questionnaire, translator: Translator) -> dict[str, str]:
    """Return what is not in the form, by label."""
    rules = questionnaire.text(translator.language).rules
    importance = translator.gettext(IMPORTANCE)
    return {
        translator.gettext(N_("Language")): list_language_names([wave.language])[wave.language],
        translator.gettext(N_("Version of the questionnaire")): wave.questionnaire_version,
    } | {
        f"{importance}: {rules[id_].title if id_ in rules else id_}": str(value)
        for id_, value in wave.importance.items()
    }
