-- The sixth schema, as it was released.
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE published_questionnaire (
    id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_published_questionnaire PRIMARY KEY (id, version),
    CONSTRAINT uq_published_questionnaire_id_version_digest UNIQUE (id, version, digest)
);
CREATE TABLE user_account (
    id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    admin BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT uq_user_account_email UNIQUE (email)
);
CREATE TABLE workspace (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_workspace PRIMARY KEY (id),
    CONSTRAINT uq_workspace_name UNIQUE (name)
);
CREATE TABLE api_key (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    CONSTRAINT pk_api_key PRIMARY KEY (id),
    CONSTRAINT fk_api_key_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_api_key_workspace_id ON api_key (workspace_id);
CREATE TABLE console_session (
    token_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    seen_at DATETIME NOT NULL,
    CONSTRAINT pk_console_session PRIMARY KEY (token_hash),
    CONSTRAINT fk_console_session_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE,
    CONSTRAINT fk_console_session_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_console_session_user_id ON console_session (user_id);
CREATE INDEX ix_console_session_workspace_id ON console_session (workspace_id);
CREATE TABLE membership (
    workspace_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    CONSTRAINT pk_membership PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT ck_membership_role CHECK (role IN ('owner', 'viewer')),
    CONSTRAINT fk_membership_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE,
    CONSTRAINT fk_membership_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_membership_user_id ON membership (user_id);
CREATE TABLE organisation (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_organisation PRIMARY KEY (id),
    CONSTRAINT fk_organisation_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT uq_organisation_workspace_id_id UNIQUE (workspace_id, id)
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
    revision INTEGER NOT NULL,
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
CREATE INDEX ix_assessment_workspace_id_assessment_organisation_id ON assessment (workspace_id, organisation_id);
CREATE INDEX ix_assessment_workspace_id_assessment_wave_of ON assessment (workspace_id, wave_of);
CREATE TABLE replay (
    key_id VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    request_digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_replay PRIMARY KEY (key_id, "key"),
    CONSTRAINT ck_replay_status CHECK (status BETWEEN 200 AND 599),
    CONSTRAINT fk_replay_key_id FOREIGN KEY(key_id) REFERENCES api_key (id) ON DELETE CASCADE,
    CONSTRAINT fk_replay_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_replay_created_at ON replay (created_at);
CREATE INDEX ix_replay_workspace_id ON replay (workspace_id);
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
    revision INTEGER NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY (id),
    CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_invitation_assessment_id_position UNIQUE (assessment_id, position),
    CONSTRAINT uq_invitation_workspace_id_id UNIQUE (workspace_id, id)
)
 WITHOUT ROWID;
CREATE INDEX ix_invitation_workspace_id_invitation_assessment_id ON invitation (workspace_id, assessment_id);
CREATE TABLE release (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    released_on DATE NOT NULL,
    CONSTRAINT pk_release PRIMARY KEY (assessment_id, number),
    CONSTRAINT ck_release_number CHECK (number >= 1),
    CONSTRAINT fk_release_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_release_workspace_id_release_assessment_id ON release (workspace_id, assessment_id);
CREATE TABLE invitation_link (
    token_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    invitation_id VARCHAR NOT NULL,
    created_on DATE NOT NULL,
    CONSTRAINT pk_invitation_link PRIMARY KEY (token_hash),
    CONSTRAINT fk_invitation_link_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX ix_invitation_link_workspace_id_invitation_link_invitation_id ON invitation_link (workspace_id, invitation_id);
CREATE TABLE response (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    invitation_id VARCHAR,
    label VARCHAR,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    sent_at DATETIME,
    withdraw_hash BLOB,
    seconds FLOAT,
    CONSTRAINT pk_response PRIMARY KEY (id),
    CONSTRAINT ck_response_sent CHECK (state <> 'started' OR sent_at IS NULL),
    CONSTRAINT ck_response_state CHECK (state IN ('started', 'sent', 'withdrawn')),
    CONSTRAINT fk_response_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_response_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id),
    CONSTRAINT uq_response_assessment_id_label UNIQUE (assessment_id, label),
    CONSTRAINT uq_response_invitation_id UNIQUE (invitation_id),
    CONSTRAINT uq_response_withdraw_hash UNIQUE (withdraw_hash),
    CONSTRAINT uq_response_workspace_id_id UNIQUE (workspace_id, id)
)
 WITHOUT ROWID;
CREATE INDEX ix_response_workspace_id_response_assessment_id ON response (workspace_id, assessment_id);
CREATE INDEX ix_response_workspace_id_response_invitation_id ON response (workspace_id, invitation_id);
CREATE TABLE answer (
    response_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    sequence BIGINT NOT NULL,
    saved_at DATETIME NOT NULL,
    CONSTRAINT pk_answer PRIMARY KEY (response_id, item_id),
    CONSTRAINT ck_answer_sequence CHECK (sequence >= 0),
    CONSTRAINT fk_answer_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE TABLE respondent_session (
    cookie_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    response_id VARCHAR NOT NULL,
    CONSTRAINT pk_respondent_session PRIMARY KEY (cookie_hash),
    CONSTRAINT fk_respondent_session_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX ix_respondent_session_workspace_id_respondent_session_response_id ON respondent_session (workspace_id, response_id);
CREATE TABLE section_time (
    response_id VARCHAR NOT NULL,
    section VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    shown_at DATETIME NOT NULL,
    seconds FLOAT,
    CONSTRAINT pk_section_time PRIMARY KEY (response_id, section),
    CONSTRAINT ck_section_time_seconds CHECK (seconds >= 0 AND seconds <= 600),
    CONSTRAINT fk_section_time_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
ALTER TABLE assessment ADD COLUMN share_results BOOLEAN DEFAULT 0 NOT NULL;
ALTER TABLE response ADD COLUMN return_hash BLOB;
CREATE UNIQUE INDEX ix_response_return_hash ON response (return_hash);
CREATE TABLE mark (
    name BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    CONSTRAINT pk_mark PRIMARY KEY (name),
    CONSTRAINT fk_mark_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE INDEX ix_mark_workspace_id_mark_assessment_id ON mark (workspace_id, assessment_id);
ALTER TABLE assessment ADD COLUMN held_back JSON DEFAULT '[]' NOT NULL;
ALTER TABLE release ADD COLUMN basis VARCHAR DEFAULT 'live' NOT NULL CONSTRAINT ck_release_basis CHECK (basis IN ('live', 'kept', 'gone'));
CREATE TABLE basis (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    response_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    seconds FLOAT,
    answers BLOB NOT NULL,
    evidence BLOB NOT NULL,
    CONSTRAINT pk_basis PRIMARY KEY (assessment_id, number, response_id),
    CONSTRAINT fk_basis_assessment_id_number FOREIGN KEY(assessment_id, number) REFERENCES release (assessment_id, number),
    CONSTRAINT fk_basis_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_basis_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id)
)
 WITHOUT ROWID;
CREATE INDEX ix_basis_workspace_id_basis_assessment_id ON basis (workspace_id, assessment_id);
CREATE INDEX ix_basis_workspace_id_basis_response_id ON basis (workspace_id, response_id);
CREATE TABLE attribution (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    earlier_id VARCHAR NOT NULL,
    earlier_number INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_attribution PRIMARY KEY (assessment_id, number),
    CONSTRAINT fk_attribution_assessment_id_number FOREIGN KEY(assessment_id, number) REFERENCES release (assessment_id, number) ON DELETE CASCADE,
    CONSTRAINT fk_attribution_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_attribution_workspace_id_attribution_assessment_id ON attribution (workspace_id, assessment_id);
ALTER TABLE assessment ADD COLUMN in_benchmarks BOOLEAN DEFAULT 0 NOT NULL;
CREATE TABLE comments (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    logo BLOB,
    release INTEGER,
    user_id VARCHAR,
    key_id VARCHAR,
    saved_at DATETIME NOT NULL,
    CONSTRAINT pk_comments PRIMARY KEY (assessment_id, number),
    CONSTRAINT ck_comments_number CHECK (number >= 1),
    CONSTRAINT ck_comments_saver CHECK ((user_id IS NULL) <> (key_id IS NULL)),
    CONSTRAINT fk_comments_assessment_id_release FOREIGN KEY(assessment_id, release) REFERENCES release (assessment_id, number),
    CONSTRAINT fk_comments_key_id FOREIGN KEY(key_id) REFERENCES api_key (id),
    CONSTRAINT fk_comments_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_comments_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_comments_key_id ON comments (key_id);
CREATE INDEX ix_comments_user_id ON comments (user_id);
CREATE INDEX ix_comments_workspace_id_comments_assessment_id ON comments (workspace_id, assessment_id);
INSERT INTO alembic_version (version_num) VALUES ('0006');
