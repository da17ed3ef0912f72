-- What schema 0023 changed, as it was released.
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
    lease_until DATETIME, attempts INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_bulk_job PRIMARY KEY (id),
    CONSTRAINT ck_bulk_job_done CHECK (done >= 0),
    CONSTRAINT ck_bulk_job_kind CHECK (kind IN ('invitations', 'responses')),
    CONSTRAINT ck_bulk_job_state CHECK (state IN ('queued', 'running', 'done', 'failed')),
    CONSTRAINT fk_bulk_job_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_bulk_job_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE INDEX ix_response_incomplete_import ON response (sent_at) WHERE label IS NOT NULL AND state = 'withdrawn';
