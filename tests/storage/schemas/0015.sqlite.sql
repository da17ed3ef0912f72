-- What schema 0015 changed, as it was released.
CREATE TABLE limited_try (
    id VARCHAR NOT NULL,
    key_hash BLOB NOT NULL,
    tried_at DATETIME NOT NULL,
    CONSTRAINT pk_limited_try PRIMARY KEY (id)
);
CREATE INDEX ix_limited_try_key_hash_limited_try_tried_at ON limited_try (key_hash, tried_at);
CREATE INDEX ix_limited_try_tried_at ON limited_try (tried_at);
CREATE TABLE mailing_recipient (
    mailing_id VARCHAR NOT NULL,
    invitation_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    not_before DATETIME NOT NULL,
    CONSTRAINT pk_mailing_recipient PRIMARY KEY (mailing_id, invitation_id),
    CONSTRAINT ck_mailing_recipient_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results')),
    CONSTRAINT fk_mailing_recipient_workspace_id_mailing_id FOREIGN KEY(workspace_id, mailing_id) REFERENCES mailing (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_mailing_recipient_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE INDEX ix_mailing_recipient_workspace_id_mailing_recipient_assessment_id ON mailing_recipient (workspace_id, assessment_id);
CREATE INDEX ix_mailing_recipient_workspace_id_mailing_recipient_invitation_id ON mailing_recipient (workspace_id, invitation_id);
