"""Permissions: scopes of API keys and roles of workspace members. Imports little, so that command help is fast."""

from enum import StrEnum

SCOPES = ("read:assessments", "read:scores", "read:reports", "write:assessments", "admin:workspace")


class MemberRole(StrEnum):
    """Owners also manage users, keys, settings and the audit log; editors run assessments; viewers change nothing."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


EDITING_ROLES = frozenset({MemberRole.OWNER, MemberRole.EDITOR})
