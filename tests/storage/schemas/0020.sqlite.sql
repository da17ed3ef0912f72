-- What schema 0020 changed, as it was released.
CREATE TABLE comments (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    logo BLOB,
    release INTEGER,
    user_id VARCHAR,
    key_id VARCHAR,
    saved_at DATETIME NOT NULL, logo_number INTEGER,
    CONSTRAINT pk_comments PRIMARY KEY (assessment_id, number),
    CONSTRAINT ck_comments_number CHECK (number >= 1),
    CONSTRAINT ck_comments_saver CHECK ((user_id IS NULL) <> (key_id IS NULL)),
    CONSTRAINT fk_comments_assessment_id_release FOREIGN KEY(assessment_id, release) REFERENCES release (assessment_id, number),
    CONSTRAINT fk_comments_key_id FOREIGN KEY(key_id) REFERENCES api_key (id),
    CONSTRAINT fk_comments_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_comments_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "mailing" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR,
    kind VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    shown_count INTEGER NOT NULL,
    is_planned BOOLEAN NOT NULL,
    reply_to VARCHAR,
    queued_at DATETIME NOT NULL,
    cancelled_at DATETIME,
    CONSTRAINT pk_mailing PRIMARY KEY (id),
    CONSTRAINT ck_mailing_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed', 'report')),
    CONSTRAINT ck_mailing_shown_count CHECK (shown_count >= 0),
    CONSTRAINT fk_mailing_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT fk_mailing_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_mailing_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE TABLE "outbox" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    mailing_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    assessment_id VARCHAR,
    invitation_id VARCHAR,
    payload BLOB,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    not_before DATETIME NOT NULL,
    taken_at DATETIME,
    lease_id VARCHAR,
    lease_until DATETIME,
    reply_code INTEGER,
    finished_on DATE,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT ck_outbox_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed', 'report')),
    CONSTRAINT ck_outbox_state CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'failed', 'cancelled')),
    CONSTRAINT ck_outbox_payload CHECK ((state IN ('queued', 'sending')) = (payload IS NOT NULL)),
    CONSTRAINT ck_outbox_lease CHECK ((state = 'sending') = (lease_id IS NOT NULL)),
    CONSTRAINT ck_outbox_attempts CHECK (attempts >= 0),
    CONSTRAINT fk_outbox_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT fk_outbox_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_outbox_workspace_id_mailing_id FOREIGN KEY(workspace_id, mailing_id) REFERENCES mailing (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_outbox_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE TABLE published_report (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    language VARCHAR NOT NULL,
    release INTEGER NOT NULL,
    comments_number INTEGER NOT NULL,
    inputs BLOB NOT NULL,
    quotes JSON NOT NULL,
    note VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    published_at DATETIME NOT NULL,
    withdrawn_at DATETIME,
    is_amended BOOLEAN NOT NULL,
    CONSTRAINT pk_published_report PRIMARY KEY (id),
    CONSTRAINT ck_published_report_number CHECK (number >= 1),
    CONSTRAINT fk_published_report_assessment_id_release FOREIGN KEY(assessment_id, release) REFERENCES release (assessment_id, number),
    CONSTRAINT fk_published_report_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_published_report_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_published_report_assessment_id_number UNIQUE (assessment_id, number),
    CONSTRAINT uq_published_report_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE INDEX ix_published_report_user_id ON published_report (user_id);
CREATE INDEX ix_published_report_workspace_id_published_report_assessment_id ON published_report (workspace_id, assessment_id);
CREATE TABLE published_file (
    report_id VARCHAR NOT NULL,
    audience VARCHAR NOT NULL,
    file_format VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_published_file PRIMARY KEY (report_id, audience, file_format),
    CONSTRAINT fk_published_file_workspace_id_report_id FOREIGN KEY(workspace_id, report_id) REFERENCES published_report (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_published_file_workspace_id_published_file_report_id ON published_file (workspace_id, report_id);
CREATE TABLE share_link (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    token_hash BLOB NOT NULL,
    note VARCHAR NOT NULL,
    audiences JSON NOT NULL,
    formats JSON NOT NULL,
    password_hash VARCHAR,
    user_id VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    viewed INTEGER NOT NULL,
    downloaded INTEGER NOT NULL,
    last_used_on DATE,
    CONSTRAINT pk_share_link PRIMARY KEY (id),
    CONSTRAINT ck_share_link_counts CHECK (viewed >= 0 AND downloaded >= 0),
    CONSTRAINT fk_share_link_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_share_link_workspace_id_report_id FOREIGN KEY(workspace_id, report_id) REFERENCES published_report (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_share_link_token_hash UNIQUE (token_hash)
);
CREATE INDEX ix_share_link_user_id ON share_link (user_id);
CREATE INDEX ix_share_link_workspace_id_share_link_report_id ON share_link (workspace_id, report_id);
