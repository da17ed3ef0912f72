-- What schema 0026 changed, as it was released.
DROP INDEX ix_replay_workspace_id;
DROP INDEX ix_invitation_workspace_id_invitation_assessment_id;
DROP INDEX ix_release_workspace_id_release_assessment_id;
DROP INDEX ix_invitation_link_workspace_id_invitation_link_invitation_id;
DROP INDEX ix_respondent_session_workspace_id_respondent_session_response_id;
DROP INDEX ix_mark_workspace_id_mark_assessment_id;
DROP INDEX ix_basis_workspace_id_basis_assessment_id;
DROP INDEX ix_attribution_workspace_id_attribution_assessment_id;
DROP INDEX ix_comments_workspace_id_comments_assessment_id;
DROP INDEX ix_response_workspace_id_response_invitation_id;
DROP INDEX ix_response_code_hash;
DROP INDEX ix_hourly_count_workspace_id_hourly_count_assessment_id;
DROP INDEX ix_mail_template_workspace_id_mail_template_assessment_id;
DROP INDEX ix_reminder_plan_workspace_id_reminder_plan_assessment_id;
DROP INDEX ix_people_summary_workspace_id_people_summary_assessment_id;
DROP INDEX ix_closing_notice_workspace_id_closing_notice_assessment_id;
DROP INDEX ix_list_word_workspace_id_list_word_organisation_id;
DROP INDEX ix_voice_workspace_id_voice_assessment_id;
DROP INDEX ix_role_report_workspace_id_role_report_invitation_id;
DROP INDEX ix_workspace_questionnaire_workspace_id;
DROP INDEX ix_announced_count_workspace_id_announced_count_assessment_id;
DROP INDEX ix_published_file_workspace_id_published_file_report_id;
DROP INDEX ix_bulk_job_part_workspace_id_bulk_job_part_job_id;
DROP INDEX ix_published_report_workspace_id_published_report_assessment_id;
CREATE TABLE "announced_count" (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    sent INTEGER NOT NULL,
    CONSTRAINT pk_announced_count PRIMARY KEY (workspace_id, assessment_id),
    CONSTRAINT ck_announced_count_sent CHECK (sent >= 0),
    CONSTRAINT fk_announced_count_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "answer" (
    response_id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    evidence VARCHAR NOT NULL,
    sequence BIGINT NOT NULL,
    saved_at DATETIME NOT NULL,
    CONSTRAINT pk_answer PRIMARY KEY (workspace_id, response_id, item_id),
    CONSTRAINT ck_answer_sequence CHECK (sequence >= 0),
    CONSTRAINT fk_answer_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE TABLE "assessment" (
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
    revision INTEGER NOT NULL, share_results BOOLEAN DEFAULT 0 NOT NULL, held_back JSON DEFAULT '[]' NOT NULL, in_benchmarks BOOLEAN DEFAULT 0 NOT NULL, domains JSON DEFAULT '[]' NOT NULL, uncounted_groups JSON DEFAULT '[]' NOT NULL, closes_at DATETIME, has_withdrawn_voices BOOLEAN DEFAULT 0 NOT NULL, archived_on DATE,
    CONSTRAINT pk_assessment PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_assessment_closed CHECK ((state = 'closed') = (closed_on IS NOT NULL)),
    CONSTRAINT ck_assessment_confidentiality CHECK (confidentiality IN ('confidential', 'anonymous', 'attributable')),
    CONSTRAINT ck_assessment_mode CHECK (mode IN ('survey', 'consensus')),
    CONSTRAINT ck_assessment_published CHECK (state = 'draft' OR questionnaire_digest IS NOT NULL),
    CONSTRAINT ck_assessment_state CHECK (state IN ('draft', 'open', 'closed')),
    CONSTRAINT ck_assessment_minimum_group CHECK (minimum_group >= 3),
    CONSTRAINT fk_assessment_questionnaire FOREIGN KEY(questionnaire_id, questionnaire_version, questionnaire_digest) REFERENCES published_questionnaire (id, version, digest),
    CONSTRAINT fk_assessment_workspace_id_organisation_id FOREIGN KEY(workspace_id, organisation_id) REFERENCES organisation (workspace_id, id),
    CONSTRAINT fk_assessment_workspace_id_wave_of FOREIGN KEY(workspace_id, wave_of) REFERENCES assessment (workspace_id, id),
    CONSTRAINT fk_assessment_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE TABLE "attribution" (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    earlier_id VARCHAR NOT NULL,
    earlier_number INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_attribution PRIMARY KEY (workspace_id, assessment_id, number),
    CONSTRAINT fk_attribution_workspace_id_assessment_id_number FOREIGN KEY(workspace_id, assessment_id, number) REFERENCES release (workspace_id, assessment_id, number) ON DELETE CASCADE,
    CONSTRAINT fk_attribution_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "basis" (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    response_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    seconds FLOAT,
    answers BLOB NOT NULL,
    evidence BLOB NOT NULL,
    CONSTRAINT pk_basis PRIMARY KEY (workspace_id, assessment_id, number, response_id),
    CONSTRAINT fk_basis_workspace_id_assessment_id_number FOREIGN KEY(workspace_id, assessment_id, number) REFERENCES release (workspace_id, assessment_id, number),
    CONSTRAINT fk_basis_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_basis_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id)
)
 WITHOUT ROWID;
CREATE TABLE "bulk_job" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    total INTEGER,
    done INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    finished_at DATETIME,
    lease_id VARCHAR,
    lease_until DATETIME, attempts INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_bulk_job PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_bulk_job_done CHECK (done >= 0),
    CONSTRAINT ck_bulk_job_kind CHECK (kind IN ('invitations', 'responses')),
    CONSTRAINT ck_bulk_job_state CHECK (state IN ('queued', 'running', 'done', 'failed')),
    CONSTRAINT fk_bulk_job_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "bulk_job_part" (
    job_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_bulk_job_part PRIMARY KEY (workspace_id, job_id, kind, number),
    CONSTRAINT ck_bulk_job_part_kind CHECK (kind IN ('request', 'links', 'failure')),
    CONSTRAINT fk_bulk_job_part_workspace_id_job_id FOREIGN KEY(workspace_id, job_id) REFERENCES bulk_job (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "closing_notice" (
    user_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    CONSTRAINT pk_closing_notice PRIMARY KEY (workspace_id, assessment_id, user_id),
    CONSTRAINT fk_closing_notice_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_closing_notice_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE
);
CREATE TABLE "comments" (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    logo BLOB,
    release INTEGER,
    user_id VARCHAR,
    key_id VARCHAR,
    saved_at DATETIME NOT NULL, logo_number INTEGER,
    CONSTRAINT pk_comments PRIMARY KEY (workspace_id, assessment_id, number),
    CONSTRAINT ck_comments_number CHECK (number >= 1),
    CONSTRAINT ck_comments_saver CHECK ((user_id IS NULL) <> (key_id IS NULL)),
    CONSTRAINT fk_comments_workspace_id_assessment_id_release FOREIGN KEY(workspace_id, assessment_id, release) REFERENCES release (workspace_id, assessment_id, number),
    CONSTRAINT fk_comments_key_id FOREIGN KEY(key_id) REFERENCES api_key (id),
    CONSTRAINT fk_comments_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_comments_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "hourly_count" (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    counted_at DATETIME NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_hourly_count PRIMARY KEY (workspace_id, assessment_id),
    CONSTRAINT fk_hourly_count_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "invitation" (
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
    CONSTRAINT pk_invitation PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_invitation_workspace_id_assessment_id_position UNIQUE (workspace_id, assessment_id, position)
)
 WITHOUT ROWID;
CREATE TABLE "invitation_link" (
    token_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    invitation_id VARCHAR NOT NULL,
    created_on DATE NOT NULL,
    CONSTRAINT pk_invitation_link PRIMARY KEY (workspace_id, invitation_id, token_hash),
    CONSTRAINT fk_invitation_link_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE TABLE "list_word" (
    organisation_id VARCHAR NOT NULL,
    questionnaire_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    word VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    spelling VARCHAR NOT NULL,
    choice VARCHAR NOT NULL,
    CONSTRAINT pk_list_word PRIMARY KEY (workspace_id, organisation_id, questionnaire_id, kind, word),
    CONSTRAINT ck_list_word_kind CHECK (kind IN ('role', 'functions')),
    CONSTRAINT fk_list_word_workspace_id_organisation_id FOREIGN KEY(workspace_id, organisation_id) REFERENCES organisation (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "mail_template" (
    assessment_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    CONSTRAINT pk_mail_template PRIMARY KEY (workspace_id, assessment_id, kind, language),
    CONSTRAINT ck_mail_template_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results')),
    CONSTRAINT fk_mail_template_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
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
    CONSTRAINT pk_mailing PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_mailing_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed', 'report')),
    CONSTRAINT ck_mailing_shown_count CHECK (shown_count >= 0),
    CONSTRAINT fk_mailing_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT fk_mailing_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "mailing_recipient" (
    mailing_id VARCHAR NOT NULL,
    invitation_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    not_before DATETIME NOT NULL,
    CONSTRAINT pk_mailing_recipient PRIMARY KEY (workspace_id, mailing_id, invitation_id),
    CONSTRAINT ck_mailing_recipient_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results')),
    CONSTRAINT fk_mailing_recipient_workspace_id_mailing_id FOREIGN KEY(workspace_id, mailing_id) REFERENCES mailing (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_mailing_recipient_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE TABLE "mark" (
    name BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    CONSTRAINT pk_mark PRIMARY KEY (workspace_id, assessment_id, name),
    CONSTRAINT fk_mark_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE TABLE "organisation" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, contact_name VARCHAR DEFAULT '' NOT NULL, contact_email VARCHAR DEFAULT '' NOT NULL, archived_on DATE, erased_at DATETIME, revision INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_organisation PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_organisation_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
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
    CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id),
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
CREATE TABLE "people_summary" (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    counted_revision INTEGER,
    content BLOB,
    CONSTRAINT pk_people_summary PRIMARY KEY (workspace_id, assessment_id),
    CONSTRAINT fk_people_summary_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "published_file" (
    report_id VARCHAR NOT NULL,
    audience VARCHAR NOT NULL,
    file_format VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_published_file PRIMARY KEY (workspace_id, report_id, audience, file_format),
    CONSTRAINT fk_published_file_workspace_id_report_id FOREIGN KEY(workspace_id, report_id) REFERENCES published_report (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "published_report" (
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
    user_id VARCHAR, key_id VARCHAR,
    published_at DATETIME NOT NULL,
    withdrawn_at DATETIME,
    is_amended BOOLEAN NOT NULL,
    CONSTRAINT pk_published_report PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_published_report_number CHECK (number >= 1),
    CONSTRAINT fk_published_report_workspace_id_assessment_id_release FOREIGN KEY(workspace_id, assessment_id, release) REFERENCES release (workspace_id, assessment_id, number),
    CONSTRAINT fk_published_report_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_published_report_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_published_report_workspace_id_assessment_id_number UNIQUE (workspace_id, assessment_id, number)
, CONSTRAINT fk_published_report_key_id FOREIGN KEY(key_id) REFERENCES api_key (id), CONSTRAINT ck_published_report_publisher CHECK ((user_id IS NULL) <> (key_id IS NULL)));
CREATE TABLE "release" (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    released_on DATE NOT NULL, basis VARCHAR DEFAULT 'live' NOT NULL CONSTRAINT ck_release_basis CHECK (basis IN ('live', 'kept', 'gone')), overall_score FLOAT, overall_level INTEGER,
    CONSTRAINT pk_release PRIMARY KEY (workspace_id, assessment_id, number),
    CONSTRAINT ck_release_number CHECK (number >= 1),
    CONSTRAINT fk_release_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "reminder_plan" (
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
    CONSTRAINT pk_reminder_plan PRIMARY KEY (workspace_id, assessment_id),
    CONSTRAINT ck_reminder_plan_reminders CHECK (reminders BETWEEN 0 AND 3),
    CONSTRAINT ck_reminder_plan_first_after_days CHECK (first_after_days >= 3),
    CONSTRAINT ck_reminder_plan_every_days CHECK (every_days >= 1),
    CONSTRAINT ck_reminder_plan_send_hours CHECK (send_from >= 0 AND send_until <= 24 AND send_from < send_until),
    CONSTRAINT ck_reminder_plan_closing_notice_days CHECK (closing_notice_days >= 0),
    CONSTRAINT fk_reminder_plan_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE "replay" (
    key_id VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    request_digest BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at DATETIME NOT NULL,
    CONSTRAINT pk_replay PRIMARY KEY (workspace_id, key_id, key),
    CONSTRAINT ck_replay_status CHECK (status BETWEEN 200 AND 599),
    CONSTRAINT fk_replay_key_id FOREIGN KEY(key_id) REFERENCES api_key (id) ON DELETE CASCADE,
    CONSTRAINT fk_replay_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE TABLE "respondent_session" (
    cookie_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    response_id VARCHAR NOT NULL, moved_on DATE,
    CONSTRAINT pk_respondent_session PRIMARY KEY (workspace_id, response_id, cookie_hash),
    CONSTRAINT fk_respondent_session_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
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
    CONSTRAINT pk_response PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_response_sent CHECK (state <> 'started' OR sent_at IS NULL),
    CONSTRAINT ck_response_state CHECK (state IN ('started', 'sent', 'withdrawn', 'set-aside')),
    CONSTRAINT ck_response_draft_number CHECK ((invitation_id IS NULL) = (draft_number IS NULL)),
    CONSTRAINT fk_response_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_response_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id),
    CONSTRAINT uq_response_workspace_id_invitation_id_draft_number UNIQUE (workspace_id, invitation_id, draft_number)
)
 WITHOUT ROWID

;
CREATE TABLE "role_report" (
    invitation_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    reported_on DATE NOT NULL,
    CONSTRAINT pk_role_report PRIMARY KEY (workspace_id, invitation_id),
    CONSTRAINT fk_role_report_workspace_id_invitation_id FOREIGN KEY(workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
CREATE TABLE "section_time" (
    response_id VARCHAR NOT NULL,
    section VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    shown_at DATETIME NOT NULL,
    seconds FLOAT,
    CONSTRAINT pk_section_time PRIMARY KEY (workspace_id, response_id, section),
    CONSTRAINT ck_section_time_seconds CHECK (seconds >= 0 AND seconds <= 600),
    CONSTRAINT fk_section_time_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id) ON DELETE CASCADE
)
 WITHOUT ROWID;
CREATE TABLE "share_link" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    report_id VARCHAR NOT NULL,
    token_hash BLOB NOT NULL,
    note VARCHAR NOT NULL,
    audiences JSON NOT NULL,
    formats JSON NOT NULL,
    password_hash VARCHAR,
    user_id VARCHAR, key_id VARCHAR,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME,
    viewed INTEGER NOT NULL,
    downloaded INTEGER NOT NULL,
    last_used_on DATE,
    CONSTRAINT pk_share_link PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_share_link_counts CHECK (viewed >= 0 AND downloaded >= 0),
    CONSTRAINT fk_share_link_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_share_link_workspace_id_report_id FOREIGN KEY(workspace_id, report_id) REFERENCES published_report (workspace_id, id) ON DELETE CASCADE
, CONSTRAINT fk_share_link_key_id FOREIGN KEY(key_id) REFERENCES api_key (id), CONSTRAINT ck_share_link_author CHECK ((user_id IS NULL) <> (key_id IS NULL)));
CREATE TABLE "voice" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    release INTEGER NOT NULL,
    response_id VARCHAR,
    pool VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    is_chosen BOOLEAN NOT NULL,
    is_withdrawn BOOLEAN NOT NULL,
    CONSTRAINT pk_voice PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_voice_position CHECK (position >= 1),
    CONSTRAINT fk_voice_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_voice_workspace_id_assessment_id_release FOREIGN KEY(workspace_id, assessment_id, release) REFERENCES release (workspace_id, assessment_id, number),
    CONSTRAINT fk_voice_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id),
    CONSTRAINT uq_voice_workspace_id_assessment_id_position UNIQUE (workspace_id, assessment_id, position)
)
 WITHOUT ROWID

;
CREATE TABLE "webhook" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    events VARCHAR NOT NULL,
    secret BLOB NOT NULL,
    previous_secret BLOB,
    previous_secret_until DATETIME,
    created_at DATETIME NOT NULL,
    ended_at DATETIME, is_enabled BOOLEAN DEFAULT 1 NOT NULL,
    CONSTRAINT pk_webhook PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_webhook_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE TABLE "webhook_delivery" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    webhook_id VARCHAR NOT NULL,
    event_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    payload BLOB NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    created_at DATETIME NOT NULL,
    not_before DATETIME NOT NULL,
    lease_id VARCHAR,
    lease_until DATETIME,
    attempted_at DATETIME,
    status_code INTEGER,
    problem VARCHAR,
    finished_at DATETIME,
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (workspace_id, id),
    CONSTRAINT ck_webhook_delivery_event CHECK (event IN ('assessment.opened', 'assessment.closed', 'report.ready', 'response.sent')),
    CONSTRAINT ck_webhook_delivery_state CHECK (state IN ('queued', 'sending', 'delivered', 'failed', 'cancelled')),
    CONSTRAINT ck_webhook_delivery_problem CHECK (problem IN ('status', 'redirect', 'timeout', 'connection', 'address', 'certificate', 'secret')),
    CONSTRAINT ck_webhook_delivery_lease CHECK ((state = 'sending') = (lease_id IS NOT NULL)),
    CONSTRAINT ck_webhook_delivery_attempts CHECK (attempts >= 0),
    CONSTRAINT fk_webhook_delivery_workspace_id_webhook_id FOREIGN KEY(workspace_id, webhook_id) REFERENCES webhook (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_webhook_delivery_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE TABLE "workspace_questionnaire" (
    id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    uploaded_at DATETIME NOT NULL,
    published_at DATETIME,
    CONSTRAINT pk_workspace_questionnaire PRIMARY KEY (workspace_id, id, version),
    CONSTRAINT fk_workspace_questionnaire_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_closing_notice_user_id ON closing_notice (user_id);
CREATE INDEX ix_invitation_link_token_hash ON invitation_link (token_hash);
CREATE INDEX ix_respondent_session_cookie_hash ON respondent_session (cookie_hash);
CREATE INDEX ix_share_link_token_hash ON share_link (token_hash);
CREATE UNIQUE INDEX ix_response_workspace_id_response_code_hash ON response (workspace_id, code_hash) WHERE code_hash IS NOT NULL;
CREATE UNIQUE INDEX ix_response_workspace_id_response_withdraw_hash ON response (workspace_id, withdraw_hash) WHERE withdraw_hash IS NOT NULL;
CREATE UNIQUE INDEX ix_response_workspace_id_response_assessment_id_response_label ON response (workspace_id, assessment_id, label) WHERE label IS NOT NULL;
CREATE UNIQUE INDEX ix_response_sent_invitation ON response (workspace_id, invitation_id) WHERE state = 'sent';
