CREATE TABLE users (
    id serial PRIMARY KEY, full_name text, mail text, kind text, state text, plan text,
    joined timestamp NOT NULL DEFAULT '2019-04-01 09:30', updated_at timestamp NOT NULL DEFAULT '2026-01-01', legacy_blob bytea
);
CREATE TABLE accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), old_user_id int, company text, status text,
    created timestamptz NOT NULL DEFAULT '2023-05-01 10:00+02', updated_at timestamptz NOT NULL DEFAULT '2026-01-01'
);
CREATE INDEX ON accounts (updated_at, id);
CREATE TABLE account_mails (account_id uuid, mail text, is_main boolean);
CREATE TABLE pay (
    ref text PRIMARY KEY, user_id int, account_id uuid, rands numeric, state text, at timestamptz, changed int NOT NULL DEFAULT 1
);
INSERT INTO users (full_name, mail, kind, state, plan) VALUES
    ('Nomsa', 'NOMSA@example.test', 'person', 'Active', 'growth'), ('Otto Staffing', 'otto@example.test', 'FIRM', 'active ', NULL),
    ('Finn', 'finn@example.test', 'person', 'ACTIVE', 'nowhere'), ('Ada', 'ada@example.test', 'Person', 'gone fishing', NULL),
    ('Zoë 100%', NULL, 'person', 'trial', NULL), (repeat('x', 300), 'long@example.test', 'person', 'trial', NULL);
INSERT INTO users (full_name, mail, kind, state, joined) VALUES ('Endless', 'endless@example.test', 'person', 'trial', 'infinity');
INSERT INTO users (full_name, mail, kind, state)
    SELECT 'Person ' || n, 'p' || n || '@example.test', 'person', 'trial' FROM generate_series(1, 1300) n;
INSERT INTO accounts (id, old_user_id, company, status) VALUES
    ('00000000-0000-4000-8000-000000000001', 2, 'Otto Staffing (Pty) Ltd', 'live'),
    ('00000000-0000-4000-8000-000000000002', NULL, 'Newcomers', 'LIVE'),
    ('00000000-0000-4000-8000-000000000003', 999999, 'Orphan Ltd', 'live');
INSERT INTO account_mails VALUES
    ('00000000-0000-4000-8000-000000000001', 'billing@otto.test', true), ('00000000-0000-4000-8000-000000000001', 'x@otto.test', false),
    ('00000000-0000-4000-8000-000000000002', 'new@example.test', true), ('00000000-0000-4000-8000-000000000003', 'orphan@example.test', true);
INSERT INTO pay VALUES
    ('p-1', 1, NULL, 149.00, 'OK', '2026-01-05 08:00+00'), ('p-2', NULL, '00000000-0000-4000-8000-000000000001', 1499, 'paid', '2026-01-06 08:00+00'),
    ('p-3', 424242, NULL, 10, 'ok', '2026-01-07 08:00+00'), ('p-4', 1, NULL, -3, 'ok', '2026-01-08 08:00+00'),
    ('p-5', 2, NULL, 10.005, 'ok', '2026-01-08 08:00+00'), ('p-6', 3, NULL, 10, 'ok', '2026-01-08 08:00+00');
