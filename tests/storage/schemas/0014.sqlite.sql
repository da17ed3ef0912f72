-- What schema 0014 changed, as it was released.
CREATE TABLE role_report (
    invitation_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    reported_on DATE NOT NULL,
    CONSTRAINT pk_role_report PRIMARY KEY (invitation_id),
    CONSTRAINT fk_role_report_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE INDEX ix_role_report_workspace_id_role_report_invitation_id ON role_report (workspace_id, invitation_id);
