-- What schema 0008 changed, as it was released.
CREATE TABLE api_key (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    expires_at DATETIME NOT NULL,
    revoked_at DATETIME, last_used_at DATETIME,
    CONSTRAINT pk_api_key PRIMARY KEY (id),
    CONSTRAINT fk_api_key_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_audit_entry_workspace_id_audit_entry_subject ON audit_entry (workspace_id, subject);
