"""Stored settings of an assessment as the fields of its form."""

from assessment.i18n import Translator
from assessment.storage.assessments import Assessment
from assessment.web.console.forms import form_fields
from assessment.web.console.forms.form_data import FormData
from assessment.web.console.forms.setting_switches import ON, SETTING_SWITCHES


def fill_settings_form(assessment: Assessment, translator: Translator) -> FormData:
    """Build the form data for the stored settings."""
    plain: dict[str, str] = {
        "title": assessment.title,
        "asker": assessment.asker,
        "closes_on": assessment.closes_on.isoformat() if assessment.closes_on else "",
        "minimum_group": str(assessment.minimum_group + 1),  # as shown
        "confidentiality": assessment.confidentiality,
        "mode": assessment.mode,
        "share_results": "yes" if assessment.share_results else "",
        "domains": "\n".join(assessment.domains),
    }
    plain |= {switch.name: ON if getattr(assessment, switch.name) else "" for switch in SETTING_SWITCHES}
    numbers = {f"targets:{id_}": value for id_, value in assessment.targets.items()}
    numbers |= {f"weights:{id_}": value for id_, value in assessment.weights.items()}
    for function, shares in assessment.contacts.items():
        numbers |= {f"contacts:{function}:{channel}": share for channel, share in shares.items()}
    texts = plain | {id_: form_fields.format_number(value, translator) for id_, value in numbers.items()}
    return FormData({name: (text,) for name, text in texts.items()})
