-- What schema 0011 changed, as it was released.
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
    revision INTEGER NOT NULL, share_results BOOLEAN DEFAULT 0 NOT NULL, held_back JSON DEFAULT '[]' NOT NULL, in_benchmarks BOOLEAN DEFAULT 0 NOT NULL, domains JSON DEFAULT '[]' NOT NULL, uncounted_groups JSON DEFAULT '[]' NOT NULL, closes_at DATETIME, has_withdrawn_voices BOOLEAN DEFAULT 0 NOT NULL,
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
CREATE TABLE voice (
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
    CONSTRAINT pk_voice PRIMARY KEY (id),
    CONSTRAINT ck_voice_position CHECK (position >= 1),
    CONSTRAINT fk_voice_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_voice_assessment_id_release FOREIGN KEY(assessment_id, release) REFERENCES release (assessment_id, number),
    CONSTRAINT fk_voice_workspace_id_response_id FOREIGN KEY(workspace_id, response_id) REFERENCES response (workspace_id, id),
    CONSTRAINT uq_voice_assessment_id_position UNIQUE (assessment_id, position)
)
 WITHOUT ROWID

;
CREATE INDEX ix_voice_workspace_id_voice_assessment_id ON voice (workspace_id, assessment_id);
CREATE INDEX ix_voice_workspace_id_voice_response_id ON voice (workspace_id, response_id);
