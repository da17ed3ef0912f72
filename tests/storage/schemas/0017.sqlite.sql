-- What schema 0017 changed, as it was released.
CREATE TABLE erasure (
    workspace_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    erased_on DATE NOT NULL,
    CONSTRAINT pk_erasure PRIMARY KEY (workspace_id, kind, subject),
    CONSTRAINT ck_erasure_kind CHECK (kind IN ('invitation', 'response', 'organisation'))
)
 WITHOUT ROWID

;
CREATE INDEX ix_erasure_erased_on ON erasure (erased_on);
