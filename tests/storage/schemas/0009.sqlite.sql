-- What schema 0009 changed, as it was released.
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
    revision INTEGER NOT NULL, deliver VARCHAR DEFAULT 'link' NOT NULL CONSTRAINT ck_invitation_deliver CHECK (deliver IN ('link', 'mail')), mailed_on DATE, replaces VARCHAR, is_late BOOLEAN DEFAULT 0 NOT NULL, unsubscribed_on DATE,
    CONSTRAINT pk_invitation PRIMARY KEY (id),
    CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_invitation_assessment_id_position UNIQUE (assessment_id, position),
    CONSTRAINT uq_invitation_workspace_id_id UNIQUE (workspace_id, id)
)
 WITHOUT ROWID;
CREATE TABLE mail_template (
    assessment_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    CONSTRAINT pk_mail_template PRIMARY KEY (assessment_id, kind, language),
    CONSTRAINT ck_mail_template_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results')),
    CONSTRAINT fk_mail_template_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_mail_template_workspace_id_mail_template_assessment_id ON mail_template (workspace_id, assessment_id);
CREATE TABLE reminder_plan (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    reminders INTEGER NOT NULL,
    first_after_days INTEGER NOT NULL,
    every_days INTEGER NOT NULL,
    send_from INTEGER NOT NULL,
    send_until INTEGER NOT NULL,
    closing_notice_days INTEGER NOT NULL,
    sends_results BOOLEAN NOT NULL,
    is_stopped BOOLEAN NOT NULL,
    CONSTRAINT pk_reminder_plan PRIMARY KEY (assessment_id),
    CONSTRAINT ck_reminder_plan_reminders CHECK (reminders BETWEEN 0 AND 3),
    CONSTRAINT ck_reminder_plan_first_after_days CHECK (first_after_days >= 3),
    CONSTRAINT ck_reminder_plan_every_days CHECK (every_days >= 1),
    CONSTRAINT ck_reminder_plan_send_hours CHECK (send_from >= 0 AND send_until <= 24 AND send_from < send_until),
    CONSTRAINT ck_reminder_plan_closing_notice_days CHECK (closing_notice_days >= 0),
    CONSTRAINT fk_reminder_plan_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_reminder_plan_workspace_id_reminder_plan_assessment_id ON reminder_plan (workspace_id, assessment_id);
CREATE TABLE mailing (
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
    CONSTRAINT ck_mailing_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset')),
    CONSTRAINT ck_mailing_shown_count CHECK (shown_count >= 0),
    CONSTRAINT fk_mailing_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT fk_mailing_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_mailing_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE INDEX ix_mailing_workspace_id_mailing_assessment_id ON mailing (workspace_id, assessment_id);
CREATE TABLE outbox (
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
    CONSTRAINT ck_outbox_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset')),
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
CREATE INDEX ix_outbox_workspace_id_outbox_mailing_id ON outbox (workspace_id, mailing_id);
CREATE INDEX ix_outbox_workspace_id_outbox_assessment_id_outbox_kind ON outbox (workspace_id, assessment_id, kind);
CREATE INDEX ix_outbox_workspace_id_outbox_invitation_id ON outbox (workspace_id, invitation_id);
CREATE INDEX ix_outbox_state_outbox_not_before ON outbox (state, not_before);
CREATE INDEX ix_outbox_taken_at ON outbox (taken_at);
