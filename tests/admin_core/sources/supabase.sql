-- A company that grew up on Supabase and Stripe: another shape than messy.sql, and written without looking at our code.
-- Names in two styles, soft deletes, timestamps that have no zone, a key of two columns, a subscription's price inside
-- JSON, verdicts in words with scores between nought and one.
CREATE SCHEMA auth;
CREATE TABLE auth.users (
    id uuid PRIMARY KEY,
    email varchar(255),
    phone text,
    raw_user_meta_data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE TYPE plan_tier AS ENUM ('Starter', 'Growth', 'Scale');
CREATE TABLE public.organizations (
    id uuid PRIMARY KEY,
    "displayName" text NOT NULL,
    "billingEmail" text,
    tier plan_tier,
    is_agency boolean NOT NULL DEFAULT false,
    "createdAt" timestamp NOT NULL,
    "updatedAt" timestamp NOT NULL,
    deleted_at timestamp
);
CREATE TABLE public.profiles (
    id uuid PRIMARY KEY REFERENCES auth.users,
    "fullName" text,
    updated_at timestamp NOT NULL,
    deleted_at timestamp
);
CREATE TABLE public.memberships (
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL REFERENCES auth.users,
    role text NOT NULL,
    "joinedAt" timestamp NOT NULL,
    "updatedAt" timestamp NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE TABLE public.subscriptions (
    id text PRIMARY KEY,
    organization_id uuid REFERENCES organizations,
    status text NOT NULL,
    items jsonb NOT NULL,
    current_period_start bigint NOT NULL,
    current_period_end bigint NOT NULL,
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    created bigint NOT NULL,
    synced_at timestamp NOT NULL
);
CREATE TABLE public."jobPosts" (
    "postId" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL,
    title text NOT NULL,
    "isOpen" boolean NOT NULL,
    "createdAt" timestamp NOT NULL,
    "updatedAt" timestamp NOT NULL,
    deleted_at timestamp
);
CREATE TABLE public.applicants (
    id uuid PRIMARY KEY,
    post_id bigint NOT NULL,
    "fullName" text NOT NULL,
    contact jsonb NOT NULL,
    "createdAt" timestamp NOT NULL,
    "updatedAt" timestamp NOT NULL,
    deleted_at timestamp
);
CREATE TABLE public.decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applicant_id uuid NOT NULL,
    verdict text NOT NULL,
    score numeric(4, 3) NOT NULL,
    "modelVersion" text NOT NULL,
    rationale text,
    took_ms integer,
    "decidedAt" timestamp NOT NULL
);
INSERT INTO auth.users (id, email, phone, raw_user_meta_data, created_at, updated_at, deleted_at) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Ada@Kestrel.test', '+27 82 123 4567', '{}', '2025-01-10 08:00+00', '2025-06-01 08:00+00', NULL),
    ('a0000000-0000-4000-8000-000000000002', 'finn@kestrel.test', NULL, '{}', '2025-01-11 08:00+00', '2025-06-01 08:00+00', NULL),
    ('a0000000-0000-4000-8000-000000000003', 'nomsa@seekers.test', NULL, '{"name": "Nomsa Dube"}', '2025-02-01 21:59:59+00', '2025-06-01 08:00+00', NULL),
    ('a0000000-0000-4000-8000-000000000004', 'left@seekers.test', NULL, '{}', '2025-02-01 08:00+00', '2025-06-01 08:00+00', '2025-05-05 08:00+00'),
    ('a0000000-0000-4000-8000-000000000005', NULL, '+27831234567', '{"name": "Phone Only"}', '2025-02-01 08:00+00', '2025-06-01 08:00+00', NULL);
INSERT INTO organizations VALUES
    ('b0000000-0000-4000-8000-000000000001', 'Kestrel "Quick" Hiring %', 'Billing@Kestrel.test', 'Growth', false, '2025-01-10 01:30', '2025-06-01 10:00', NULL),
    ('b0000000-0000-4000-8000-000000000002', 'Otto Agency', 'otto@agency.test', 'Starter', true, '2025-01-12 09:00', '2025-06-01 10:00', NULL),
    ('b0000000-0000-4000-8000-000000000003', 'Closed Doors', 'gone@doors.test', NULL, false, '2025-01-13 09:00', '2025-06-01 10:00', '2025-05-31 23:30'),
    ('b0000000-0000-4000-8000-000000000004', 'No Address', NULL, 'Scale', false, '2025-01-13 09:00', '2025-06-01 10:00', NULL);
INSERT INTO profiles VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Ada Kestrel', '2025-06-01 10:00', NULL),
    ('a0000000-0000-4000-8000-000000000002', '', '2025-06-01 10:00', NULL),
    ('a0000000-0000-4000-8000-000000000003', NULL, '2025-06-01 10:00', NULL),
    ('a0000000-0000-4000-8000-000000000004', 'Left Already', '2025-06-01 10:00', NULL),
    ('a0000000-0000-4000-8000-000000000005', NULL, '2025-06-01 10:00', NULL);
INSERT INTO memberships VALUES
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000001', 'Owner', '2025-01-10 10:00', '2025-06-01 10:00'),
    ('b0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000002', 'Recruiter', '2025-01-11 10:00', '2025-06-01 10:00'),
    ('b0000000-0000-4000-8000-000000000002', 'a0000000-0000-4000-8000-000000000001', 'Billing', '2025-01-12 10:00', '2025-06-01 10:00');
INSERT INTO subscriptions VALUES
    ('sub_1', 'b0000000-0000-4000-8000-000000000001', 'active', '[{"price": {"id": "price_growth_y", "unit_amount": 1000000, "currency": "zar", "recurring": {"interval": "year", "interval_count": 1}}, "quantity": 1}, {"price": {"id": "price_seat_y", "unit_amount": 10000, "currency": "zar"}, "quantity": 7}]', 1748736000, 1780272000, true, 1736467200, '2025-06-01 10:00'),
    ('sub_2', 'b0000000-0000-4000-8000-000000000002', 'canceled', '[{"price": {"id": "price_starter_m", "unit_amount": 49900, "currency": "zar", "recurring": {"interval": "month"}}, "quantity": 2}]', 1746057600, 1748736000, false, 1736640000, '2025-06-01 10:00'),
    ('sub_3', 'b0000000-0000-4000-8000-000000000002', 'past_due', '[{"price": {"id": "price_starter_m", "unit_amount": 49900, "currency": "zar", "recurring": {"interval": "month"}}}]', 1748736000, 1751328000, false, 1748736000, '2025-06-01 10:00'),
    ('sub_4', 'b0000000-0000-4000-8000-000000000001', 'incomplete', '[]', 1748736000, 1751328000, false, 1748736000, '2025-06-01 10:00'),
    ('sub_5', NULL, 'active', '[{"price": {"id": "price_starter_m", "unit_amount": 49900, "currency": "zar", "recurring": {"interval": "month"}}}]', 1748736000, 1751328000, false, 1748736000, '2025-06-01 10:00'),
    ('sub_6', 'b0000000-0000-4000-8000-000000000001', 'active', '[{"price": {"id": "price_nobody_told", "unit_amount": 5, "currency": "zar", "recurring": {"interval": "month"}}}]', 1748736000, 1751328000, false, 1748736000, '2025-06-01 10:00');
INSERT INTO "jobPosts" (organization_id, title, "isOpen", "createdAt", "updatedAt", deleted_at) VALUES
    ('b0000000-0000-4000-8000-000000000001', 'Fitter & Turner', true, '2025-03-01 09:00', '2025-06-01 10:00', NULL),
    ('b0000000-0000-4000-8000-000000000001', 'Boilermaker', true, '2025-03-01 09:00', '2025-06-01 10:00', '2025-05-01 09:00');
INSERT INTO applicants
    SELECT ('c0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 1 + n % 2, 'Applicant ' || n,
        jsonb_build_object('email', 'Applicant' || n || '@mail.test', 'phones', jsonb_build_array('+2782' || lpad(n::text, 7, '0'))),
        timestamp '2025-03-02 09:00' + n * interval '1 minute', timestamp '2025-06-01 10:00',
        CASE WHEN n % 100 = 0 THEN timestamp '2025-05-01 09:00' END
    FROM generate_series(1, 200) n;
INSERT INTO decisions (applicant_id, verdict, score, "modelVersion", rationale, took_ms, "decidedAt")
    SELECT a.id, (ARRAY['Strong yes', 'Yes', 'maybe ', 'NO'])[1 + n % 4], (n % 1001) / 1000.0, 'gpt-4o-mini-2024-07-18',
        'Because of row ' || n, 800 + n, timestamp '2025-03-02 01:30' + n * interval '1 minute'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM applicants) a;
