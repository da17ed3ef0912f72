-- What schema 0024 changed, as it was released.
CREATE TABLE workspace (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, time_zone VARCHAR DEFAULT 'UTC' NOT NULL, logo BLOB, languages JSON DEFAULT '[]' NOT NULL, sender_name VARCHAR DEFAULT '' NOT NULL, retention_months INTEGER, prepared_by VARCHAR DEFAULT '' NOT NULL, accent VARCHAR DEFAULT '' NOT NULL,
    CONSTRAINT pk_workspace PRIMARY KEY (id),
    CONSTRAINT uq_workspace_name UNIQUE (name)
);
