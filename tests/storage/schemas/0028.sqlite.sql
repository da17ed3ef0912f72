-- What schema 0028 changed, as it was released.
CREATE TABLE user_account (
    id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    admin BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL, last_sign_in_at DATETIME, totp_secret BLOB, totp_step INTEGER, former_email VARCHAR,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT uq_user_account_email UNIQUE (email)
);
CREATE TABLE "invitation" (
    id VARCHAR NOT NULL,
    workspace_id VARCHAR NOT NULL,
    assessment_id VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    email VARCHAR,
    name VARCHAR,
    role VARCHAR NOT NULL,
    functions VARCHAR NOT NULL,
    created_on DATE NOT NULL,
    revoked_on DATE,
    revision INTEGER NOT NULL, deliver VARCHAR DEFAULT 'link' NOT NULL CONSTRAINT ck_invitation_deliver CHECK (deliver IN ('link', 'mail')), mailed_on DATE, replaces VARCHAR, is_late BOOLEAN DEFAULT 0 NOT NULL, unsubscribed_on DATE, sort_key BLOB DEFAULT (X'') NOT NULL, sort_key_es BLOB DEFAULT (X'') NOT NULL, counts BOOLEAN,
    CONSTRAINT pk_invitation PRIMARY KEY (workspace_id, id),
    CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY(workspace_id, assessment_id) REFERENCES assessment (workspace_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_invitation_workspace_id_assessment_id_position UNIQUE (workspace_id, assessment_id, position)
)
 WITHOUT ROWID;
