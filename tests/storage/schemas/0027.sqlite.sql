-- What schema 0027 changed, as it was released.
CREATE TABLE "release" (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    released_on DATE NOT NULL, basis VARCHAR DEFAULT 'live' NOT NULL CONSTRAINT ck_release_basis CHECK (basis IN ('live', 'kept', 'gone')), overall_score FLOAT, overall_level INTEGER, function_scores JSON DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_release PRIMARY KEY (workspace_id, assessment_id, number),
    CONSTRAINT ck_release_number CHECK (number >= 1),
    CONSTRAINT fk_release_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_release_overall ON release (workspace_id, assessment_id, number, overall_score, overall_level);
