"""Run as a program: print the test files of `make soak`, longest first, so that no process ends long after the others.

They are those that do more with ASSESSMENT_TEST_SOAK=1, and those that docs/trust.md names for a promise.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::")
# Files with a long form, by the processor time of it.
LONG = (
    "tests/privacy/test_several_releases.py",
    "tests/api/test_description_checks.py",
    "tests/plain/test_reference_implementation.py",
    "tests/privacy/test_small_minimum_group.py",
    "tests/privacy/test_attribution_attack.py",
    "tests/verification/test_verify.py",
    "tests/privacy/test_attack.py",
    "tests/privacy/test_joint_attack.py",
    "tests/privacy/test_whole_release.py",
    "tests/privacy/test_invented_people.py",
    "tests/pdf/test_hostile_texts.py",
    "tests/pdf/test_printed_texts.py",
    "tests/consistency/test_consistency.py",
    "tests/trust/test_crashes.py",
    "tests/trust/test_graceful_stop.py",
    "tests/storage/test_killed_migrations.py",
    "tests/verification/test_altered_reports.py",
    "tests/browser/test_user_texts.py",
    "tests/trust/test_bad_input.py",
    "tests/trust/test_generated_input.py",
    "tests/pdf/test_empty_pages.py",
    "tests/trust/test_query_plans.py",
    "tests/trust/test_slow_bodies.py",
    "tests/trust/test_save_order.py",
    "tests/simulations/test_intervals.py",
    "tests/trust/test_sockets.py",
    "tests/trust/test_long_closes.py",
    "tests/trust/test_long_writes.py",
    "tests/privacy/test_inviting_attacker.py",
    "tests/privacy/test_hostile_questionnaires.py",
    "tests/services/operations/test_backups.py",
    "tests/trust/test_database_faults.py",
    "tests/pdf/test_unpack_limits.py",
    "tests/pdf/test_oversized_blocks.py",
    "tests/simulations/test_advice.py",
    "tests/simulations/test_gap.py",
    "tests/api/test_generated_clients.py",
)


def list_files() -> list[str]:
    """Return the files with a long form, then the others of the table of promises."""
    rows = [line for line in (ROOT / "docs" / "trust.md").read_text("utf-8").splitlines() if re.match(r"\| \d", line)]
    return list(dict.fromkeys([*LONG, *sorted(NAMED.findall("\n".join(rows)))]))


if __name__ == "__main__":
    sys.stdout.write("\n".join(list_files()) + "\n")
