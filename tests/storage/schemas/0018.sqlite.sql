-- What schema 0018 changed, as it was released.
CREATE TABLE workspace (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, time_zone VARCHAR DEFAULT 'UTC' NOT NULL, logo BLOB, languages JSON DEFAULT '[]' NOT NULL, sender_name VARCHAR DEFAULT '' NOT NULL, retention_months INTEGER,
    CONSTRAINT pk_workspace PRIMARY KEY (id),
    CONSTRAINT uq_workspace_name UNIQUE (name)
);
CREATE TABLE organisation (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    created_at DATETIME NOT NULL, contact_name VARCHAR DEFAULT '' NOT NULL, contact_email VARCHAR DEFAULT '' NOT NULL, archived_on DATE, erased_at DATETIME, revision INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_organisation PRIMARY KEY (id),
    CONSTRAINT fk_organisation_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT uq_organisation_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE TABLE assessment (
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
    CONSTRAINT pk_assessment PRIMARY KEY (id),
    CONSTRAINT ck_assessment_closed CHECK ((state = 'closed') = (closed_on IS NOT NULL)),
    CONSTRAINT ck_assessment_confidentiality CHECK (confidentiality IN ('confidential', 'anonymous', 'attributable')),
    CONSTRAINT ck_assessment_mode CHECK (mode IN ('survey', 'consensus')),
    CONSTRAINT ck_assessment_published CHECK (state = 'draft' OR questionnaire_digest IS NOT NULL),
    CONSTRAINT ck_assessment_state CHECK (state IN ('draft', 'open', 'closed')),
    CONSTRAINT ck_assessment_minimum_group CHECK (minimum_group >= 3),
    CONSTRAINT fk_assessment_questionnaire FOREIGN KEY(questionnaire_id, questionnaire_version, questionnaire_digest) REFERENCES published_questionnaire (id, version, digest),
    CONSTRAINT fk_assessment_workspace_id_organisation_id FOREIGN KEY(workspace_id, organisation_id) REFERENCES organisation (workspace_id, id),
    CONSTRAINT fk_assessment_workspace_id_wave_of FOREIGN KEY(workspace_id, wave_of) REFERENCES assessment (workspace_id, id),
    CONSTRAINT fk_assessment_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE,
    CONSTRAINT uq_assessment_workspace_id_id UNIQUE (workspace_id, id)
);
CREATE TABLE release (
    assessment_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    workspace_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    content BLOB NOT NULL,
    released_on DATE NOT NULL, basis VARCHAR DEFAULT 'live' NOT NULL CONSTRAINT ck_release_basis CHECK (basis IN ('live', 'kept', 'gone')), overall_score FLOAT, overall_level INTEGER,
    CONSTRAINT pk_release PRIMARY KEY (assessment_id, number),
    CONSTRAINT ck_release_number CHECK (number >= 1),
    CONSTRAINT fk_release_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE
);
