"""Settings that are on or off and can change until the close: the settings page, its form and its conflicts list them.

A further one needs nothing else in the console.
"""

from msgspec import Struct

from assessment.i18n.messages import N_

ON = "yes"


class SettingSwitch(Struct, frozen=True):
    """`name` is the field of the assessment and of the form."""

    name: str
    label: str
    hint: str


SETTING_SWITCHES = (
    SettingSwitch(
        "in_benchmarks",
        N_("Count in benchmarks"),
        N_(
            "The published scores of the whole and of the functions count when other clients of this workspace are "
            "ranked. Nobody is named, and fewer than ten give no rank. Ask the client first."
        ),
    ),
)
SWITCH_LABELS = {switch.name: switch.label for switch in SETTING_SWITCHES}
