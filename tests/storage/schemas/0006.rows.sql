-- One of everything, as a program of the sixth schema has left it; both databases read this.
INSERT INTO workspace (id, name, created_at) VALUES ('w', 'Alice & Co', '2026-03-02 09:30:00.000000');
INSERT INTO user_account (id, email, password_hash, admin, disabled, created_at) VALUES ('u', 'alice@example.org', 'argon2', FALSE, FALSE, '2026-03-02 09:30:00.000000');
INSERT INTO membership (workspace_id, user_id, role) VALUES ('w', 'u', 'owner');
INSERT INTO organisation (id, workspace_id, name, created_at) VALUES ('o', 'w', 'Acme', '2026-03-02 09:30:00.000000');
INSERT INTO published_questionnaire (id, version, digest, content) VALUES ('q', '1.0.0', 'd', '{}');
INSERT INTO assessment (id, workspace_id, organisation_id, title, asker, language, questionnaire_id, questionnaire_version, questionnaire_digest, state, confidentiality, mode, minimum_group, weights, targets, contacts, importance, opened_on, closed_on, share_results, in_benchmarks, created_at, revision) VALUES ('a', 'w', 'o', 'First', 'Alice', 'en', 'q', '1.0.0', 'd', 'closed', 'confidential', 'survey', 5, '{}', '{"sales": 80}', '{}', '{}', '2026-03-02', '2026-04-01', TRUE, TRUE, '2026-03-02 09:30:00.000000', 1);
INSERT INTO invitation (id, workspace_id, assessment_id, position, email, name, role, functions, created_on, revision) VALUES ('i', 'w', 'a', 1, 'anna@example.org', 'Anna', 'leader', 'sales', '2026-03-02', 1);
INSERT INTO invitation_link (token_hash, workspace_id, invitation_id, created_on) VALUES ('link', 'w', 'i', '2026-03-02');
INSERT INTO response (id, workspace_id, assessment_id, invitation_id, role, functions, language, state, sent_at, withdraw_hash, return_hash) VALUES ('r', 'w', 'a', 'i', 'leader', 'sales', 'en', 'sent', '2026-03-03 08:00:00.000000', 'code', 'return');
INSERT INTO respondent_session (cookie_hash, workspace_id, response_id) VALUES ('cookie', 'w', 'r');
INSERT INTO answer (response_id, item_id, workspace_id, value, reason, evidence, sequence, saved_at) VALUES ('r', 'A1', 'w', '3', '', 'data', 2, '2026-03-03 07:59:00.000000');
INSERT INTO section_time (response_id, section, workspace_id, shown_at, seconds) VALUES ('r', 'first', 'w', '2026-03-03 07:55:00.000000', 40.5);
INSERT INTO release (assessment_id, number, workspace_id, digest, content, released_on) VALUES ('a', 1, 'w', 'digest', '{}', '2026-04-01');
INSERT INTO mark (name, workspace_id, assessment_id) VALUES ('mark', 'w', 'a');
INSERT INTO basis (assessment_id, number, response_id, workspace_id, role, functions, answers, evidence) VALUES ('a', 1, 'r', 'w', 'leader', 'sales', 'x', 'y');
INSERT INTO attribution (assessment_id, number, workspace_id, earlier_id, earlier_number, content) VALUES ('a', 1, 'w', 'earlier', 1, '{}');
INSERT INTO comments (assessment_id, number, workspace_id, content, user_id, saved_at) VALUES ('a', 1, 'w', '{}', 'u', '2026-04-02 10:00:00.000000');
