-- What schema 0021 changed, as it was released.
CREATE TABLE webhook (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    events VARCHAR NOT NULL,
    secret BLOB NOT NULL,
    previous_secret BLOB,
    previous_secret_until DATETIME,
    created_at DATETIME NOT NULL,
    ended_at DATETIME, is_enabled BOOLEAN DEFAULT 1 NOT NULL,
    CONSTRAINT pk_webhook PRIMARY KEY (id),
    CONSTRAINT fk_webhook_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT uq_webhook_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE TABLE bulk_job (
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
    lease_until DATETIME,
    CONSTRAINT pk_bulk_job PRIMARY KEY (id),
    CONSTRAINT ck_bulk_job_done CHECK (done >= 0),
    CONSTRAINT ck_bulk_job_kind CHECK (kind IN ('invitations', 'responses')),
    CONSTRAINT ck_bulk_job_state CHECK (state IN ('queued', 'running', 'done', 'failed')),
    CONSTRAINT fk_bulk_job_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_bulk_job_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE INDEX ix_bulk_job_state ON bulk_job (state, created_at);
CREATE INDEX ix_bulk_job_workspace_id_bulk_job_assessment_id ON bulk_job (workspace_id, assessment_id);
CREATE TABLE bulk_job_part (
    job_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_bulk_job_part PRIMARY KEY (job_id, kind, number),
    CONSTRAINT ck_bulk_job_part_kind CHECK (kind IN ('request', 'links', 'failure')),
    CONSTRAINT fk_bulk_job_part_workspace_id_job_id FOREIGN KEY(workspace_id, job_id) REFERENCES bulk_job (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_bulk_job_part_workspace_id_bulk_job_part_job_id ON bulk_job_part (workspace_id, job_id);
