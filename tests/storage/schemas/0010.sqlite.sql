-- What schema 0010 changed, as it was released.
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
    revision INTEGER NOT NULL, deliver VARCHAR DEFAULT 'link' NOT NULL CONSTRAINT ck_invitation_deliver CHECK (deliver IN ('link', 'mail')), mailed_on DATE, replaces VARCHAR, is_late BOOLEAN DEFAULT 0 NOT NULL, unsubscribed_on DATE, sort_key BLOB DEFAULT (X'') NOT NULL, sort_key_es BLOB DEFAULT (X'') NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY (id),
    CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_invitation_assessment_id_position UNIQUE (assessment_id, position),
    CONSTRAINT uq_invitation_workspace_id_id UNIQUE (workspace_id, id)
)
 WITHOUT ROWID;
CREATE INDEX ix_invitation_sort_key ON invitation (workspace_id, assessment_id, sort_key, id);
CREATE INDEX ix_invitation_sort_key_es ON invitation (workspace_id, assessment_id, sort_key_es, id);
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
    CONSTRAINT ck_mailing_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed')),
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
    CONSTRAINT ck_outbox_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed')),
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
CREATE TABLE people_summary (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    counted_revision INTEGER,
    content BLOB,
    CONSTRAINT pk_people_summary PRIMARY KEY (assessment_id),
    CONSTRAINT fk_people_summary_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_people_summary_workspace_id_people_summary_assessment_id ON people_summary (workspace_id, assessment_id);
CREATE TABLE closing_notice (
    user_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    CONSTRAINT pk_closing_notice PRIMARY KEY (user_id, assessment_id),
    CONSTRAINT fk_closing_notice_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_closing_notice_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE
);
CREATE INDEX ix_closing_notice_workspace_id_closing_notice_assessment_id ON closing_notice (workspace_id, assessment_id);
CREATE TABLE list_word (
    organisation_id VARCHAR NOT NULL,
    questionnaire_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    word VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    spelling VARCHAR NOT NULL,
    choice VARCHAR NOT NULL,
    CONSTRAINT pk_list_word PRIMARY KEY (organisation_id, questionnaire_id, kind, word),
    CONSTRAINT ck_list_word_kind CHECK (kind IN ('role', 'functions')),
    CONSTRAINT fk_list_word_workspace_id_organisation_id FOREIGN KEY(workspace_id, organisation_id) REFERENCES organisation (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_list_word_workspace_id_list_word_organisation_id ON list_word (workspace_id, organisation_id);
