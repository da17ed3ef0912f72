-- What schema 0013 changed, as it was released.
CREATE TABLE user_account (
    id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    admin BOOLEAN NOT NULL,
    disabled BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL, last_sign_in_at DATETIME, totp_secret BLOB, totp_step INTEGER,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT uq_user_account_email UNIQUE (email)
);
CREATE TABLE console_session (
    token_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    created_at DATETIME NOT NULL,
    seen_at DATETIME NOT NULL, browser VARCHAR DEFAULT '' NOT NULL,
    CONSTRAINT pk_console_session PRIMARY KEY (token_hash),
    CONSTRAINT fk_console_session_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE,
    CONSTRAINT fk_console_session_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE TABLE recovery_code (
    user_id VARCHAR NOT NULL,
    code_hash BLOB NOT NULL,
    CONSTRAINT pk_recovery_code PRIMARY KEY (user_id, code_hash),
    CONSTRAINT fk_recovery_code_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE
);
CREATE TABLE account_token (
    token_hash BLOB NOT NULL,
    workspace_id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    expires_at DATETIME NOT NULL,
    CONSTRAINT pk_account_token PRIMARY KEY (token_hash),
    CONSTRAINT ck_account_token_kind CHECK (kind IN ('user-invitation', 'password-reset')),
    CONSTRAINT fk_account_token_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
CREATE INDEX ix_account_token_workspace_id ON account_token (workspace_id);
CREATE INDEX ix_account_token_email ON account_token (email);
CREATE INDEX ix_account_token_expires_at ON account_token (expires_at);
