-- What schema 0012 changed, as it was released.
CREATE TABLE "membership" (
    workspace_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    CONSTRAINT pk_membership PRIMARY KEY (workspace_id, user_id),
    CONSTRAINT ck_membership_role CHECK (role IN ('owner', 'editor', 'viewer')),
    CONSTRAINT fk_membership_user_id FOREIGN KEY(user_id) REFERENCES user_account (id) ON DELETE CASCADE,
    CONSTRAINT fk_membership_workspace_id FOREIGN KEY(workspace_id) REFERENCES workspace (id) ON DELETE CASCADE
);
