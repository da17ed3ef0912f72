-- Schema 0017, as it was released.
CREATE TABLE public.account_token (
    token_hash bytea NOT NULL,
    workspace_id character varying NOT NULL,
    email character varying NOT NULL,
    kind character varying NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_account_token_kind CHECK (kind IN ('user-invitation', 'password-reset'))
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.answer (
    response_id character varying NOT NULL,
    item_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    value character varying NOT NULL,
    reason character varying NOT NULL,
    evidence character varying NOT NULL,
    sequence bigint NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_answer_sequence CHECK ((sequence >= 0))
);
CREATE TABLE public.api_key (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    name character varying NOT NULL,
    secret_hash bytea NOT NULL,
    scopes character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    rate_tokens double precision,
    rate_updated_at double precision
);
CREATE TABLE public.assessment (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    organisation_id character varying NOT NULL,
    title character varying NOT NULL,
    asker character varying NOT NULL,
    language character varying NOT NULL,
    questionnaire_id character varying NOT NULL,
    questionnaire_version character varying NOT NULL,
    questionnaire_digest character varying,
    state character varying NOT NULL,
    confidentiality character varying NOT NULL,
    mode character varying NOT NULL,
    minimum_group integer NOT NULL,
    weights json NOT NULL,
    targets json NOT NULL,
    contacts json NOT NULL,
    importance json NOT NULL,
    wave_of character varying,
    closes_on date,
    opened_on date,
    closed_on date,
    created_at timestamp with time zone NOT NULL,
    revision integer NOT NULL,
    share_results boolean DEFAULT false NOT NULL,
    held_back json DEFAULT '[]'::json NOT NULL,
    in_benchmarks boolean DEFAULT false NOT NULL,
    domains json DEFAULT '[]'::json NOT NULL,
    uncounted_groups json DEFAULT '[]'::json NOT NULL,
    closes_at timestamp with time zone,
    has_withdrawn_voices boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_assessment_closed CHECK ((((state)::text = 'closed'::text) = (closed_on IS NOT NULL))),
    CONSTRAINT ck_assessment_confidentiality CHECK (confidentiality IN ('confidential', 'anonymous', 'attributable')),
    CONSTRAINT ck_assessment_minimum_group CHECK ((minimum_group >= 3)),
    CONSTRAINT ck_assessment_mode CHECK (mode IN ('survey', 'consensus')),
    CONSTRAINT ck_assessment_published CHECK ((((state)::text = 'draft'::text) OR (questionnaire_digest IS NOT NULL))),
    CONSTRAINT ck_assessment_state CHECK (state IN ('draft', 'open', 'closed'))
);
CREATE TABLE public.attribution (
    assessment_id character varying NOT NULL,
    number integer NOT NULL,
    workspace_id character varying NOT NULL,
    earlier_id character varying NOT NULL,
    earlier_number integer NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.audit_entry (
    workspace_id character varying NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    actor character varying NOT NULL,
    action character varying NOT NULL,
    subject character varying NOT NULL,
    details json NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT ck_audit_entry_number CHECK ((number >= 1))
);
CREATE TABLE public.audit_head (
    workspace_id character varying NOT NULL,
    number integer NOT NULL,
    mac bytea NOT NULL
);
CREATE TABLE public.basis (
    assessment_id character varying NOT NULL,
    number integer NOT NULL,
    response_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    role character varying NOT NULL,
    functions character varying NOT NULL,
    seconds double precision,
    answers bytea NOT NULL,
    evidence bytea NOT NULL
);
CREATE TABLE public.closing_notice (
    user_id character varying NOT NULL,
    assessment_id character varying NOT NULL,
    workspace_id character varying NOT NULL
);
CREATE TABLE public.comments (
    assessment_id character varying NOT NULL,
    number integer NOT NULL,
    workspace_id character varying NOT NULL,
    content bytea NOT NULL,
    logo bytea,
    release integer,
    user_id character varying,
    key_id character varying,
    saved_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_comments_number CHECK ((number >= 1)),
    CONSTRAINT ck_comments_saver CHECK (((user_id IS NULL) <> (key_id IS NULL)))
);
CREATE TABLE public.console_session (
    token_hash bytea NOT NULL,
    workspace_id character varying NOT NULL,
    user_id character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    browser character varying DEFAULT ''::character varying NOT NULL
);
CREATE TABLE public.erasure (
    workspace_id character varying NOT NULL,
    kind character varying NOT NULL,
    subject character varying NOT NULL,
    erased_on date NOT NULL,
    CONSTRAINT ck_erasure_kind CHECK (kind IN ('invitation', 'response', 'organisation'))
);
CREATE TABLE public.hourly_count (
    assessment_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.invitation (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    assessment_id character varying NOT NULL,
    "position" integer NOT NULL,
    email character varying,
    name character varying,
    role character varying NOT NULL,
    functions character varying NOT NULL,
    created_on date NOT NULL,
    revoked_on date,
    revision integer NOT NULL,
    deliver character varying DEFAULT 'link'::character varying NOT NULL,
    mailed_on date,
    replaces character varying,
    is_late boolean DEFAULT false NOT NULL,
    unsubscribed_on date,
    sort_key bytea DEFAULT '\x'::bytea NOT NULL,
    sort_key_es bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT ck_invitation_deliver CHECK (deliver IN ('link', 'mail'))
);
CREATE TABLE public.invitation_link (
    token_hash bytea NOT NULL,
    workspace_id character varying NOT NULL,
    invitation_id character varying NOT NULL,
    created_on date NOT NULL
);
CREATE TABLE public.limited_try (
    id character varying NOT NULL,
    key_hash bytea NOT NULL,
    tried_at timestamp with time zone NOT NULL
);
CREATE TABLE public.list_word (
    organisation_id character varying NOT NULL,
    questionnaire_id character varying NOT NULL,
    kind character varying NOT NULL,
    word character varying NOT NULL,
    workspace_id character varying NOT NULL,
    spelling character varying NOT NULL,
    choice character varying NOT NULL,
    CONSTRAINT ck_list_word_kind CHECK (kind IN ('role', 'functions'))
);
CREATE TABLE public.mail_template (
    assessment_id character varying NOT NULL,
    kind character varying NOT NULL,
    language character varying NOT NULL,
    workspace_id character varying NOT NULL,
    subject character varying NOT NULL,
    body character varying NOT NULL,
    CONSTRAINT ck_mail_template_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results'))
);
CREATE TABLE public.mailing (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    assessment_id character varying,
    kind character varying NOT NULL,
    language character varying NOT NULL,
    subject character varying NOT NULL,
    body character varying NOT NULL,
    shown_count integer NOT NULL,
    is_planned boolean NOT NULL,
    reply_to character varying,
    queued_at timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    CONSTRAINT ck_mailing_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed')),
    CONSTRAINT ck_mailing_shown_count CHECK ((shown_count >= 0))
);
CREATE TABLE public.mailing_recipient (
    mailing_id character varying NOT NULL,
    invitation_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    assessment_id character varying NOT NULL,
    kind character varying NOT NULL,
    not_before timestamp with time zone NOT NULL,
    CONSTRAINT ck_mailing_recipient_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results'))
);
CREATE TABLE public.mark (
    name bytea NOT NULL,
    workspace_id character varying NOT NULL,
    assessment_id character varying NOT NULL
);
CREATE TABLE public.membership (
    workspace_id character varying NOT NULL,
    user_id character varying NOT NULL,
    role character varying NOT NULL,
    CONSTRAINT ck_membership_role CHECK (role IN ('owner', 'editor', 'viewer'))
);
CREATE TABLE public.organisation (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    name character varying NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.outbox (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    mailing_id character varying NOT NULL,
    kind character varying NOT NULL,
    assessment_id character varying,
    invitation_id character varying,
    payload bytea,
    state character varying NOT NULL,
    attempts integer NOT NULL,
    not_before timestamp with time zone NOT NULL,
    taken_at timestamp with time zone,
    lease_id character varying,
    lease_until timestamp with time zone,
    reply_code integer,
    finished_on date,
    CONSTRAINT ck_outbox_attempts CHECK ((attempts >= 0)),
    CONSTRAINT ck_outbox_kind CHECK (kind IN ('invitation', 'reminder', 'closing-soon', 'results', 'test', 'user-invitation', 'password-reset', 'closed')),
    CONSTRAINT ck_outbox_lease CHECK ((((state)::text = 'sending'::text) = (lease_id IS NOT NULL))),
    CONSTRAINT ck_outbox_payload CHECK ((state IN ('queued', 'sending') = (payload IS NOT NULL))),
    CONSTRAINT ck_outbox_state CHECK (state IN ('queued', 'sending', 'sent', 'refused', 'failed', 'cancelled'))
);
CREATE TABLE public.people_summary (
    assessment_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    revision integer NOT NULL,
    counted_revision integer,
    content bytea
);
CREATE TABLE public.published_questionnaire (
    id character varying NOT NULL,
    version character varying NOT NULL,
    digest character varying NOT NULL,
    content bytea NOT NULL
);
CREATE TABLE public.recovery_code (
    user_id character varying NOT NULL,
    code_hash bytea NOT NULL
);
CREATE TABLE public.release (
    assessment_id character varying NOT NULL,
    number integer NOT NULL,
    workspace_id character varying NOT NULL,
    digest character varying NOT NULL,
    content bytea NOT NULL,
    released_on date NOT NULL,
    basis character varying DEFAULT 'live'::character varying NOT NULL,
    CONSTRAINT ck_release_basis CHECK (basis IN ('live', 'kept', 'gone')),
    CONSTRAINT ck_release_number CHECK ((number >= 1))
);
CREATE TABLE public.reminder_plan (
    assessment_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    reminders integer NOT NULL,
    first_after_days integer NOT NULL,
    every_days integer NOT NULL,
    send_from integer NOT NULL,
    send_until integer NOT NULL,
    closing_notice_days integer NOT NULL,
    sends_results boolean NOT NULL,
    is_stopped boolean NOT NULL,
    CONSTRAINT ck_reminder_plan_closing_notice_days CHECK ((closing_notice_days >= 0)),
    CONSTRAINT ck_reminder_plan_every_days CHECK ((every_days >= 1)),
    CONSTRAINT ck_reminder_plan_first_after_days CHECK ((first_after_days >= 3)),
    CONSTRAINT ck_reminder_plan_reminders CHECK (((reminders >= 0) AND (reminders <= 3))),
    CONSTRAINT ck_reminder_plan_send_hours CHECK (((send_from >= 0) AND (send_until <= 24) AND (send_from < send_until)))
);
CREATE TABLE public.replay (
    key_id character varying NOT NULL,
    key character varying NOT NULL,
    workspace_id character varying NOT NULL,
    request_digest bytea NOT NULL,
    status integer NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_replay_status CHECK (((status >= 200) AND (status <= 599)))
);
CREATE TABLE public.respondent_session (
    cookie_hash bytea NOT NULL,
    workspace_id character varying NOT NULL,
    response_id character varying NOT NULL,
    moved_on date
);
CREATE TABLE public.response (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    assessment_id character varying NOT NULL,
    invitation_id character varying,
    label character varying,
    role character varying NOT NULL,
    functions character varying NOT NULL,
    language character varying NOT NULL,
    state character varying NOT NULL,
    sent_at timestamp with time zone,
    withdraw_hash bytea,
    seconds double precision,
    code_hash bytea,
    draft_number integer,
    counts boolean,
    CONSTRAINT ck_response_draft_number CHECK (((invitation_id IS NULL) = (draft_number IS NULL))),
    CONSTRAINT ck_response_sent CHECK ((((state)::text <> 'started'::text) OR (sent_at IS NULL))),
    CONSTRAINT ck_response_state CHECK (state IN ('started', 'sent', 'withdrawn', 'set-aside'))
);
CREATE TABLE public.role_report (
    invitation_id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    role character varying NOT NULL,
    functions character varying NOT NULL,
    reported_on date NOT NULL
);
CREATE TABLE public.section_time (
    response_id character varying NOT NULL,
    section character varying NOT NULL,
    workspace_id character varying NOT NULL,
    shown_at timestamp with time zone NOT NULL,
    seconds double precision,
    CONSTRAINT ck_section_time_seconds CHECK (((seconds >= (0)::double precision) AND (seconds <= (600)::double precision)))
);
CREATE TABLE public.user_account (
    id character varying NOT NULL,
    email character varying NOT NULL,
    password_hash character varying NOT NULL,
    admin boolean NOT NULL,
    disabled boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_sign_in_at timestamp with time zone,
    totp_secret bytea,
    totp_step integer
);
CREATE TABLE public.voice (
    id character varying NOT NULL,
    workspace_id character varying NOT NULL,
    assessment_id character varying NOT NULL,
    release integer NOT NULL,
    response_id character varying,
    pool character varying NOT NULL,
    "position" integer NOT NULL,
    text character varying NOT NULL,
    is_chosen boolean NOT NULL,
    is_withdrawn boolean NOT NULL,
    CONSTRAINT ck_voice_position CHECK (("position" >= 1))
);
CREATE TABLE public.workspace (
    id character varying NOT NULL,
    name character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    time_zone character varying DEFAULT 'UTC'::character varying NOT NULL
);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.account_token
    ADD CONSTRAINT pk_account_token PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.answer
    ADD CONSTRAINT pk_answer PRIMARY KEY (response_id, item_id);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT pk_api_key PRIMARY KEY (id);
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT pk_assessment PRIMARY KEY (id);
ALTER TABLE ONLY public.attribution
    ADD CONSTRAINT pk_attribution PRIMARY KEY (assessment_id, number);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT pk_audit_entry PRIMARY KEY (workspace_id, number);
ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT pk_audit_head PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.basis
    ADD CONSTRAINT pk_basis PRIMARY KEY (assessment_id, number, response_id);
ALTER TABLE ONLY public.closing_notice
    ADD CONSTRAINT pk_closing_notice PRIMARY KEY (user_id, assessment_id);
ALTER TABLE ONLY public.comments
    ADD CONSTRAINT pk_comments PRIMARY KEY (assessment_id, number);
ALTER TABLE ONLY public.console_session
    ADD CONSTRAINT pk_console_session PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.erasure
    ADD CONSTRAINT pk_erasure PRIMARY KEY (workspace_id, kind, subject);
ALTER TABLE ONLY public.hourly_count
    ADD CONSTRAINT pk_hourly_count PRIMARY KEY (assessment_id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT pk_invitation PRIMARY KEY (id);
ALTER TABLE ONLY public.invitation_link
    ADD CONSTRAINT pk_invitation_link PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.limited_try
    ADD CONSTRAINT pk_limited_try PRIMARY KEY (id);
ALTER TABLE ONLY public.list_word
    ADD CONSTRAINT pk_list_word PRIMARY KEY (organisation_id, questionnaire_id, kind, word);
ALTER TABLE ONLY public.mail_template
    ADD CONSTRAINT pk_mail_template PRIMARY KEY (assessment_id, kind, language);
ALTER TABLE ONLY public.mailing
    ADD CONSTRAINT pk_mailing PRIMARY KEY (id);
ALTER TABLE ONLY public.mailing_recipient
    ADD CONSTRAINT pk_mailing_recipient PRIMARY KEY (mailing_id, invitation_id);
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT pk_mark PRIMARY KEY (name);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT pk_membership PRIMARY KEY (workspace_id, user_id);
ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT pk_organisation PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.people_summary
    ADD CONSTRAINT pk_people_summary PRIMARY KEY (assessment_id);
ALTER TABLE ONLY public.published_questionnaire
    ADD CONSTRAINT pk_published_questionnaire PRIMARY KEY (id, version);
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT pk_recovery_code PRIMARY KEY (user_id, code_hash);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT pk_release PRIMARY KEY (assessment_id, number);
ALTER TABLE ONLY public.reminder_plan
    ADD CONSTRAINT pk_reminder_plan PRIMARY KEY (assessment_id);
ALTER TABLE ONLY public.replay
    ADD CONSTRAINT pk_replay PRIMARY KEY (key_id, key);
ALTER TABLE ONLY public.respondent_session
    ADD CONSTRAINT pk_respondent_session PRIMARY KEY (cookie_hash);
ALTER TABLE ONLY public.response
    ADD CONSTRAINT pk_response PRIMARY KEY (id);
ALTER TABLE ONLY public.role_report
    ADD CONSTRAINT pk_role_report PRIMARY KEY (invitation_id);
ALTER TABLE ONLY public.section_time
    ADD CONSTRAINT pk_section_time PRIMARY KEY (response_id, section);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT pk_user_account PRIMARY KEY (id);
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT pk_voice PRIMARY KEY (id);
ALTER TABLE ONLY public.workspace
    ADD CONSTRAINT pk_workspace PRIMARY KEY (id);
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT uq_assessment_workspace_id_id UNIQUE (workspace_id, id);
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT uq_invitation_assessment_id_position UNIQUE (assessment_id, "position");
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT uq_invitation_workspace_id_id UNIQUE (workspace_id, id);
ALTER TABLE ONLY public.mailing
    ADD CONSTRAINT uq_mailing_workspace_id_id UNIQUE (workspace_id, id);
ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT uq_organisation_workspace_id_id UNIQUE (workspace_id, id);
ALTER TABLE ONLY public.published_questionnaire
    ADD CONSTRAINT uq_published_questionnaire_id_version_digest UNIQUE (id, version, digest);
ALTER TABLE ONLY public.response
    ADD CONSTRAINT uq_response_assessment_id_label UNIQUE (assessment_id, label);
ALTER TABLE ONLY public.response
    ADD CONSTRAINT uq_response_invitation_id_draft_number UNIQUE (invitation_id, draft_number);
ALTER TABLE ONLY public.response
    ADD CONSTRAINT uq_response_withdraw_hash UNIQUE (withdraw_hash);
ALTER TABLE ONLY public.response
    ADD CONSTRAINT uq_response_workspace_id_id UNIQUE (workspace_id, id);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT uq_user_account_email UNIQUE (email);
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT uq_voice_assessment_id_position UNIQUE (assessment_id, "position");
ALTER TABLE ONLY public.workspace
    ADD CONSTRAINT uq_workspace_name UNIQUE (name);
CREATE INDEX ix_account_token_email ON public.account_token USING btree (email);
CREATE INDEX ix_account_token_expires_at ON public.account_token USING btree (expires_at);
CREATE INDEX ix_account_token_workspace_id ON public.account_token USING btree (workspace_id);
CREATE INDEX ix_api_key_workspace_id ON public.api_key USING btree (workspace_id);
CREATE INDEX ix_assessment_workspace_id_assessment_organisation_id ON public.assessment USING btree (workspace_id, organisation_id);
CREATE INDEX ix_assessment_workspace_id_assessment_wave_of ON public.assessment USING btree (workspace_id, wave_of);
CREATE INDEX ix_attribution_workspace_id_attribution_assessment_id ON public.attribution USING btree (workspace_id, assessment_id);
CREATE INDEX ix_audit_entry_workspace_id_audit_entry_subject ON public.audit_entry USING btree (workspace_id, subject);
CREATE INDEX ix_basis_workspace_id_basis_assessment_id ON public.basis USING btree (workspace_id, assessment_id);
CREATE INDEX ix_basis_workspace_id_basis_response_id ON public.basis USING btree (workspace_id, response_id);
CREATE INDEX ix_closing_notice_workspace_id_closing_notice_assessment_id ON public.closing_notice USING btree (workspace_id, assessment_id);
CREATE INDEX ix_comments_key_id ON public.comments USING btree (key_id);
CREATE INDEX ix_comments_user_id ON public.comments USING btree (user_id);
CREATE INDEX ix_comments_workspace_id_comments_assessment_id ON public.comments USING btree (workspace_id, assessment_id);
CREATE INDEX ix_console_session_user_id ON public.console_session USING btree (user_id);
CREATE INDEX ix_console_session_workspace_id ON public.console_session USING btree (workspace_id);
CREATE INDEX ix_erasure_erased_on ON public.erasure USING btree (erased_on);
CREATE INDEX ix_hourly_count_workspace_id_hourly_count_assessment_id ON public.hourly_count USING btree (workspace_id, assessment_id);
CREATE INDEX ix_invitation_link_workspace_id_invitation_link_invitation_id ON public.invitation_link USING btree (workspace_id, invitation_id);
CREATE INDEX ix_invitation_sort_key ON public.invitation USING btree (workspace_id, assessment_id, sort_key, id);
CREATE INDEX ix_invitation_sort_key_es ON public.invitation USING btree (workspace_id, assessment_id, sort_key_es, id);
CREATE INDEX ix_invitation_workspace_id_invitation_assessment_id ON public.invitation USING btree (workspace_id, assessment_id);
CREATE INDEX ix_invitation_workspace_id_invitation_replaces ON public.invitation USING btree (workspace_id, replaces);
CREATE INDEX ix_limited_try_key_hash_limited_try_tried_at ON public.limited_try USING btree (key_hash, tried_at);
CREATE INDEX ix_limited_try_tried_at ON public.limited_try USING btree (tried_at);
CREATE INDEX ix_list_word_workspace_id_list_word_organisation_id ON public.list_word USING btree (workspace_id, organisation_id);
CREATE INDEX ix_mail_template_workspace_id_mail_template_assessment_id ON public.mail_template USING btree (workspace_id, assessment_id);
CREATE INDEX ix_mailing_recipient_workspace_id_mailing_recipient_ass_1a72 ON public.mailing_recipient USING btree (workspace_id, assessment_id);
CREATE INDEX ix_mailing_recipient_workspace_id_mailing_recipient_inv_9e98 ON public.mailing_recipient USING btree (workspace_id, invitation_id);
CREATE INDEX ix_mailing_workspace_id_mailing_assessment_id ON public.mailing USING btree (workspace_id, assessment_id);
CREATE INDEX ix_mark_workspace_id_mark_assessment_id ON public.mark USING btree (workspace_id, assessment_id);
CREATE INDEX ix_membership_user_id ON public.membership USING btree (user_id);
CREATE INDEX ix_outbox_state_outbox_not_before ON public.outbox USING btree (state, not_before);
CREATE INDEX ix_outbox_taken_at ON public.outbox USING btree (taken_at);
CREATE INDEX ix_outbox_workspace_id_outbox_assessment_id_outbox_kind ON public.outbox USING btree (workspace_id, assessment_id, kind);
CREATE INDEX ix_outbox_workspace_id_outbox_invitation_id ON public.outbox USING btree (workspace_id, invitation_id);
CREATE INDEX ix_outbox_workspace_id_outbox_mailing_id ON public.outbox USING btree (workspace_id, mailing_id);
CREATE INDEX ix_people_summary_workspace_id_people_summary_assessment_id ON public.people_summary USING btree (workspace_id, assessment_id);
CREATE INDEX ix_release_workspace_id_release_assessment_id ON public.release USING btree (workspace_id, assessment_id);
CREATE INDEX ix_reminder_plan_workspace_id_reminder_plan_assessment_id ON public.reminder_plan USING btree (workspace_id, assessment_id);
CREATE INDEX ix_replay_created_at ON public.replay USING btree (created_at);
CREATE INDEX ix_replay_workspace_id ON public.replay USING btree (workspace_id);
CREATE INDEX ix_respondent_session_workspace_id_respondent_session_r_c88b ON public.respondent_session USING btree (workspace_id, response_id);
CREATE UNIQUE INDEX ix_response_code_hash ON public.response USING btree (code_hash);
CREATE UNIQUE INDEX ix_response_sent_invitation ON public.response USING btree (invitation_id) WHERE ((state)::text = 'sent'::text);
CREATE INDEX ix_response_workspace_id_response_assessment_id ON public.response USING btree (workspace_id, assessment_id);
CREATE INDEX ix_response_workspace_id_response_invitation_id ON public.response USING btree (workspace_id, invitation_id);
CREATE INDEX ix_role_report_workspace_id_role_report_invitation_id ON public.role_report USING btree (workspace_id, invitation_id);
CREATE INDEX ix_voice_workspace_id_voice_assessment_id ON public.voice USING btree (workspace_id, assessment_id);
CREATE INDEX ix_voice_workspace_id_voice_response_id ON public.voice USING btree (workspace_id, response_id);
ALTER TABLE ONLY public.account_token
    ADD CONSTRAINT fk_account_token_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.answer
    ADD CONSTRAINT fk_answer_workspace_id_response_id FOREIGN KEY (workspace_id, response_id) REFERENCES public.response(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT fk_api_key_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT fk_assessment_questionnaire FOREIGN KEY (questionnaire_id, questionnaire_version, questionnaire_digest) REFERENCES public.published_questionnaire(id, version, digest);
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT fk_assessment_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT fk_assessment_workspace_id_organisation_id FOREIGN KEY (workspace_id, organisation_id) REFERENCES public.organisation(workspace_id, id);
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT fk_assessment_workspace_id_wave_of FOREIGN KEY (workspace_id, wave_of) REFERENCES public.assessment(workspace_id, id);
ALTER TABLE ONLY public.attribution
    ADD CONSTRAINT fk_attribution_assessment_id_number FOREIGN KEY (assessment_id, number) REFERENCES public.release(assessment_id, number) ON DELETE CASCADE;
ALTER TABLE ONLY public.attribution
    ADD CONSTRAINT fk_attribution_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT fk_audit_entry_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT fk_audit_head_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.basis
    ADD CONSTRAINT fk_basis_assessment_id_number FOREIGN KEY (assessment_id, number) REFERENCES public.release(assessment_id, number);
ALTER TABLE ONLY public.basis
    ADD CONSTRAINT fk_basis_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.basis
    ADD CONSTRAINT fk_basis_workspace_id_response_id FOREIGN KEY (workspace_id, response_id) REFERENCES public.response(workspace_id, id);
ALTER TABLE ONLY public.closing_notice
    ADD CONSTRAINT fk_closing_notice_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.closing_notice
    ADD CONSTRAINT fk_closing_notice_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.comments
    ADD CONSTRAINT fk_comments_assessment_id_release FOREIGN KEY (assessment_id, release) REFERENCES public.release(assessment_id, number);
ALTER TABLE ONLY public.comments
    ADD CONSTRAINT fk_comments_key_id FOREIGN KEY (key_id) REFERENCES public.api_key(id);
ALTER TABLE ONLY public.comments
    ADD CONSTRAINT fk_comments_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.comments
    ADD CONSTRAINT fk_comments_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.console_session
    ADD CONSTRAINT fk_console_session_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.console_session
    ADD CONSTRAINT fk_console_session_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hourly_count
    ADD CONSTRAINT fk_hourly_count_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitation_link
    ADD CONSTRAINT fk_invitation_link_workspace_id_invitation_id FOREIGN KEY (workspace_id, invitation_id) REFERENCES public.invitation(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.invitation
    ADD CONSTRAINT fk_invitation_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.list_word
    ADD CONSTRAINT fk_list_word_workspace_id_organisation_id FOREIGN KEY (workspace_id, organisation_id) REFERENCES public.organisation(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mail_template
    ADD CONSTRAINT fk_mail_template_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mailing_recipient
    ADD CONSTRAINT fk_mailing_recipient_workspace_id_invitation_id FOREIGN KEY (workspace_id, invitation_id) REFERENCES public.invitation(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mailing_recipient
    ADD CONSTRAINT fk_mailing_recipient_workspace_id_mailing_id FOREIGN KEY (workspace_id, mailing_id) REFERENCES public.mailing(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mailing
    ADD CONSTRAINT fk_mailing_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mailing
    ADD CONSTRAINT fk_mailing_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT fk_mark_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT fk_membership_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT fk_organisation_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_workspace_id_invitation_id FOREIGN KEY (workspace_id, invitation_id) REFERENCES public.invitation(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT fk_outbox_workspace_id_mailing_id FOREIGN KEY (workspace_id, mailing_id) REFERENCES public.mailing(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.people_summary
    ADD CONSTRAINT fk_people_summary_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT fk_recovery_code_user_id FOREIGN KEY (user_id) REFERENCES public.user_account(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.release
    ADD CONSTRAINT fk_release_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.reminder_plan
    ADD CONSTRAINT fk_reminder_plan_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.replay
    ADD CONSTRAINT fk_replay_key_id FOREIGN KEY (key_id) REFERENCES public.api_key(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.replay
    ADD CONSTRAINT fk_replay_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.workspace(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.respondent_session
    ADD CONSTRAINT fk_respondent_session_workspace_id_response_id FOREIGN KEY (workspace_id, response_id) REFERENCES public.response(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.response
    ADD CONSTRAINT fk_response_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.response
    ADD CONSTRAINT fk_response_workspace_id_invitation_id FOREIGN KEY (workspace_id, invitation_id) REFERENCES public.invitation(workspace_id, id);
ALTER TABLE ONLY public.role_report
    ADD CONSTRAINT fk_role_report_workspace_id_invitation_id FOREIGN KEY (workspace_id, invitation_id) REFERENCES public.invitation(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.section_time
    ADD CONSTRAINT fk_section_time_workspace_id_response_id FOREIGN KEY (workspace_id, response_id) REFERENCES public.response(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT fk_voice_assessment_id_release FOREIGN KEY (assessment_id, release) REFERENCES public.release(assessment_id, number);
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT fk_voice_workspace_id_assessment_id FOREIGN KEY (workspace_id, assessment_id) REFERENCES public.assessment(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.voice
    ADD CONSTRAINT fk_voice_workspace_id_response_id FOREIGN KEY (workspace_id, response_id) REFERENCES public.response(workspace_id, id);
INSERT INTO alembic_version (version_num) VALUES ('0017');
