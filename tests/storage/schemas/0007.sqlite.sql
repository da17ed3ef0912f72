-- What schema 0007 changed, as it was released.
DROP INDEX ix_response_return_hash;
CREATE TABLE workspace (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, time_zone VARCHAR DEFAULT 'UTC' NOT NULL,
    CONSTRAINT pk_workspace PRIMARY KEY (id),
    CONSTRAINT uq_workspace_name UNIQUE (name)
);
CREATE TABLE assessment (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    organisation_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    asker VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    questionnaire_id VARCHAR NOT NULL,
    questionnaire_version VARCHAR NOT NULL,
    questionnaire_digest VARCHAR,
    state VARCHAR NOT NULL,
    confidentiality VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    minimum_group INTEGER NOT NULL,
    weights JSON NOT NULL,
    targets JSON NOT NULL,
    contacts JSON NOT NULL,
    importance JSON NOT NULL,
    wave_of VARCHAR,
    closes_on DATE,
    opened_on DATE,
    closed_on DATE,
    created_at DATETIME NOT NULL,
    revision INTEGER NOT NULL, share_results BOOLEAN DEFAULT 0 NOT NULL, held_back JSON DEFAULT '[]' NOT NULL, in_benchmarks BOOLEAN DEFAULT 0 NOT NULL, domains JSON DEFAULT '[]' NOT NULL, uncounted_groups JSON DEFAULT '[]' NOT NULL, closes_at DATETIME,
    CONSTRAINT pk_assessment PRIMARY KEY (id),
    CONSTRAINT ck_assessment_closed CHECK ((state = 'closed') = (closed_on IS NOT NULL)),
    CONSTRAINT ck_assessment_confidentiality CHECK (confidentiality IN ('confidential', 'anonymous', 'attributable')),
    CONSTRAINT ck_assessment_mode CHECK (mode IN ('survey', 'consensus')),
    CONSTRAINT ck_assessment_published CHECK (state = 'draft' OR questionnaire_digest IS NOT NULL),
    CONSTRAINT ck_assessment_state CHECK (state IN ('draft', 'open', 'closed')),
    CONSTRAINT ck_assessment_minimum_group CHECK (minimum_group >= 3),
    CONSTRAINT fk_assessment_questionnaire FOREIGN KEY(questionnaire_id, questionnaire_version, questionnaire_digest) REFERENCES published_questionnaire (id, version, digest),
    CONSTRAINT fk_assessment_workspace_id_organisation_id FOREIGN KEY(workspace_id, organisation_id) REFERENCES organisation (workspace_id, id),
    CONSTRAINT fk_assessment_workspace_id_wave_of FOREIGN KEY(workspace_id, wave_of) REFERENCES assessment (workspace_id, id),
    CONSTRAINT fk_assessment_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT uq_assessment_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE TABLE invitation (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    email VARCHAR,
    name VARCHAR,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    created_on DATE NOT NULL,
    revoked_on DATE,
    revision INTEGER NOT NULL, deliver VARCHAR DEFAULT 'link' NOT NULL CONSTRAINT ck_invitation_deliver CHECK (deliver IN ('link', 'mail')), mailed_on DATE, replaces VARCHAR, is_late BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY (id),
    CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_invitation_assessment_id_position UNIQUE (assessment_id, position),
    CONSTRAINT uq_invitation_workspace_id_id UNIQUE (workspace_id, id)
)
 WITHOUT ROWID;
CREATE TABLE respondent_session (
    cookie_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    response_id VARCHAR NOT NULL, moved_on DATE,
    CONSTRAINT pk_respondent_session PRIMARY KEY (cookie_hash),
    CONSTRAINT fk_respondent_session_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX ix_invitation_workspace_id_invitation_replaces ON invitation (workspace_id, replaces);
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
    code_hash BLOB,
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
CREATE UNIQUE INDEX ix_response_code_hash ON response (code_hash);
CREATE UNIQUE INDEX ix_response_sent_invitation ON response (invitation_id) WHERE state = 'sent';
CREATE TABLE hourly_count (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    counted_at DATETIME NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_hourly_count PRIMARY KEY (assessment_id),
    CONSTRAINT fk_hourly_count_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_hourly_count_workspace_id_hourly_count_assessment_id ON hourly_count (workspace_id, assessment_id);
CREATE TABLE audit_entry (
    workspace_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    at DATETIME NOT NULL,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    details JSON NOT NULL,
    mac BLOB NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (workspace_id, number),
    CONSTRAINT ck_audit_entry_number CHECK (number >= 1),
    CONSTRAINT fk_audit_entry_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE TABLE audit_head (
    workspace_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    mac BLOB NOT NULL,
    CONSTRAINT pk_audit_head PRIMARY KEY (workspace_id),
    CONSTRAINT fk_audit_head_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
