-- What schema 0019 changed, as it was released.
CREATE TABLE webhook (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    events VARCHAR NOT NULL,
    secret BLOB NOT NULL,
    previous_secret BLOB,
    previous_secret_until DATETIME,
    created_at DATETIME NOT NULL,
    ended_at DATETIME,
    CONSTRAINT pk_webhook PRIMARY KEY (id),
    CONSTRAINT fk_webhook_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT uq_webhook_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE TABLE webhook_delivery (
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
    CONSTRAINT pk_webhook_delivery PRIMARY KEY (id),
    CONSTRAINT ck_webhook_delivery_event CHECK (event IN ('assessment.opened', 'assessment.closed', 'report.ready', 'response.sent')),
    CONSTRAINT ck_webhook_delivery_state CHECK (state IN ('queued', 'sending', 'delivered', 'failed', 'cancelled')),
    CONSTRAINT ck_webhook_delivery_problem CHECK (problem IN ('status', 'redirect', 'timeout', 'connection', 'address', 'certificate', 'secret')),
    CONSTRAINT ck_webhook_delivery_lease CHECK ((state = 'sending') = (lease_id IS NOT NULL)),
    CONSTRAINT ck_webhook_delivery_attempts CHECK (attempts >= 0),
    CONSTRAINT fk_webhook_delivery_workspace_id_webhook_id FOREIGN KEY(workspace_id, webhook_id) REFERENCES webhook (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_webhook_delivery_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_webhook_delivery_workspace_id_webhook_delivery_webhook_id_webhook_delivery_created_at ON webhook_delivery (workspace_id, webhook_id, created_at);
CREATE INDEX ix_webhook_delivery_state_webhook_delivery_not_before ON webhook_delivery (state, not_before);
CREATE INDEX ix_webhook_delivery_finished_at ON webhook_delivery (finished_at);
CREATE TABLE workspace_questionnaire (
    id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    uploaded_at DATETIME NOT NULL,
    published_at DATETIME,
    CONSTRAINT pk_workspace_questionnaire PRIMARY KEY (id, version),
    CONSTRAINT fk_workspace_questionnaire_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_workspace_questionnaire_workspace_id ON workspace_questionnaire (workspace_id);
CREATE TABLE announced_count (
    assessment_id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    sent INTEGER NOT NULL,
    CONSTRAINT pk_announced_count PRIMARY KEY (assessment_id),
    CONSTRAINT ck_announced_count_sent CHECK (sent >= 0),
    CONSTRAINT fk_announced_count_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_announced_count_workspace_id_announced_count_assessment_id ON announced_count (workspace_id, assessment_id);
