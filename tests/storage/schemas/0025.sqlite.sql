-- What schema 0025 changed, as it was released.
CREATE TABLE "response" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    invitation_id VARCHAR,
    draft_number INTEGER,
    label VARCHAR,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    sent_at DATETIME,
    counts BOOLEAN,
    withdraw_hash BLOB,
    seconds FLOAT,
    code_hash BLOB, packed_answers VARCHAR, packed_sections VARCHAR, packed_seconds VARCHAR,
    CONSTRAINT pk_response PRIMARY KEY (id),
    CONSTRAINT ck_response_sent CHECK (state <> 'started' OR sent_at IS NULL),
    CONSTRAINT ck_response_state CHECK (state IN ('started', 'sent', 'withdrawn', 'set-aside')),
    CONSTRAINT ck_response_draft_number CHECK ((invitation_id IS NULL) = (draft_number IS NULL)),
    CONSTRAINT fk_response_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_response_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id),
    CONSTRAINT uq_response_assessment_id_label UNIQUE (assessment_id, label),
    CONSTRAINT uq_response_invitation_id_draft_number UNIQUE (invitation_id, draft_number),
    CONSTRAINT uq_response_withdraw_hash UNIQUE (withdraw_hash),
    CONSTRAINT uq_response_workspace_id_id UNIQUE (workspace_id, id)
)
 WITHOUT ROWID

;
