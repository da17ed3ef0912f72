-- What schema 0022 changed, as it was released.
CREATE TABLE workspace (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, time_zone VARCHAR DEFAULT 'UTC' NOT NULL, logo BLOB, languages JSON DEFAULT '[]' NOT NULL, sender_name VARCHAR DEFAULT '' NOT NULL, retention_months INTEGER, prepared_by VARCHAR DEFAULT '' NOT NULL,
    CONSTRAINT pk_workspace PRIMARY KEY (id),
    CONSTRAINT uq_workspace_name UNIQUE (name)
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
    CONSTRAINT pk_published_report PRIMARY KEY (id),
    CONSTRAINT ck_published_report_number CHECK (number >= 1),
    CONSTRAINT fk_published_report_assessment_id_release FOREIGN KEY(assessment_id, release) REFERENCES release (assessment_id, number),
    CONSTRAINT fk_published_report_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_published_report_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_published_report_assessment_id_number UNIQUE (assessment_id, number),
    CONSTRAINT uq_published_report_workspace_id_id UNIQUE (workspace_id, id)
, CONSTRAINT fk_published_report_key_id FOREIGN KEY(key_id) REFERENCES api_key (id), CONSTRAINT ck_published_report_publisher CHECK ((user_id IS NULL) <> (key_id IS NULL)));
CREATE INDEX ix_published_report_key_id ON published_report (key_id);
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
    CONSTRAINT pk_share_link PRIMARY KEY (id),
    CONSTRAINT ck_share_link_counts CHECK (viewed >= 0 AND downloaded >= 0),
    CONSTRAINT fk_share_link_user_id FOREIGN KEY(user_id) REFERENCES user_account (id),
    CONSTRAINT fk_share_link_workspace_id_report_id FOREIGN KEY(workspace_id, report_id) REFERENCES published_report (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_share_link_token_hash UNIQUE (token_hash)
, CONSTRAINT fk_share_link_key_id FOREIGN KEY(key_id) REFERENCES api_key (id), CONSTRAINT ck_share_link_author CHECK ((user_id IS NULL) <> (key_id IS NULL)));
CREATE INDEX ix_share_link_key_id ON share_link (key_id);
