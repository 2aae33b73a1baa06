-- A database with every awkward shape we know of. Nothing in it is ours.
CREATE SCHEMA "Odd Schema";
CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'Very Happy');
CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^\d{4}$');
CREATE TYPE pair AS (a int, b text);

CREATE TABLE plain (id serial PRIMARY KEY, name text NOT NULL, email varchar(200), created timestamptz DEFAULT now());
COMMENT ON TABLE plain IS 'People of the other program.';
COMMENT ON COLUMN plain.name IS 'What they are called.';
INSERT INTO plain (name, email) SELECT 'Name ' || i, 'n' || i || '@example.com' FROM generate_series(1, 120) i;

CREATE TABLE other.plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, twice int GENERATED ALWAYS AS (2 * 21) STORED,
  plain_id int REFERENCES public.plain);
INSERT INTO other.plain (plain_id) SELECT i FROM generate_series(1, 60) i;

CREATE TABLE uuids (id uuid PRIMARY KEY, parent uuid REFERENCES uuids);
INSERT INTO uuids VALUES ('00000000-0000-4000-8000-000000000001', NULL),
  ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001');

CREATE TABLE texts (code text PRIMARY KEY, note text);
INSERT INTO texts VALUES ('a,b', ''), ('c/d?e#f', NULL), ('  ', 'spaces'), ('é%20', '<script>alert(1)</script>');

CREATE TABLE composite (tenant int, day date, label char(3), value numeric, PRIMARY KEY (tenant, day));
INSERT INTO composite SELECT i % 3, date '2026-01-01' + i, 'ab', i + 0.1234567890123456789 FROM generate_series(1, 90) i;

CREATE TABLE no_key (a int, b text);
INSERT INTO no_key SELECT i % 7, 'same' FROM generate_series(1, 130) i;
CREATE TABLE unique_key (a int NOT NULL UNIQUE, b text);
INSERT INTO unique_key VALUES (5, 'five');
CREATE TABLE empty_one (id int PRIMARY KEY);
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;

CREATE TABLE "Odd Schema"."Odd ""Table""/x.y" ("Id" int PRIMARY KEY, "meta" text, "process" text, "validate" text, "data" text,
  "metadata" text, "registry" text, "select" text, "Mixed Case" text, "with space" text, "a%b" text, "__init__" text, "é" text,
  "query" text, "x_y" text, "errors" text, "populate_obj" text,
  "a_name_that_is_exactly_as_long_as_postgresql_will_allow_63_byte" text);
INSERT INTO "Odd Schema"."Odd ""Table""/x.y" VALUES (1, 'm', 'p', 'v', 'd', 'md', 'r', 's', 'mc', 'ws', 'ab', 'i', 'e', 'q', 'x',
  'er', 'po', 'long');

CREATE TABLE kinds (id int PRIMARY KEY, feeling mood, feelings mood[], code postcode, "both" pair, pairs pair[], tags text[],
  grid int[][], doc json, docb jsonb, span int4range, days daterange, spans int4multirange, gap interval, addr inet, net cidr,
  raw bytea, exact numeric(30, 12), free numeric, approx double precision, small real, price money, at timestamptz,
  local timestamp, on_day date, tod time, todz timetz, bits bit(4), flags varbit, mac macaddr, words tsvector, doc_xml xml,
  spot point, big bigint, yes boolean, one "char", status text CHECK (status IN ('new', 'old')));
INSERT INTO kinds (id) VALUES (1);
INSERT INTO kinds VALUES (2, 'Very Happy', '{sad,ok}', '0001', '(1,"x, y")', '{"(1,a)"}', '{a,NULL,"c d"}', '{{1,2},{3,4}}',
  '{"big": 12345678901234567890.123456789012345, "a": 1, "a": 2}', '{"n": 0.10000000000000000001}', '[1,5)',
  '[2026-01-01,2026-02-01)', '{[1,3),[5,7)}', '1 mon 3 days 04:05:06.789', '10.1.2.3/24', '10.0.0.0/8', '\x00ff',
  123456789012345678.123456789012, 'NaN', 'Infinity', 0.1, '12.34', '2026-03-05 12:07:08.123456+02',
  '2026-03-05 12:07:08.654321', 'infinity', '24:00', '12:00:00.5+02', B'1010', B'101', '08:00:2b:01:02:03', 'fat cat',
  '<a>b</a>', '(1,2)', 9223372036854775807, true, 'z', 'new');
INSERT INTO kinds (id, at, local, on_day) VALUES (3, 'infinity', '-infinity', '0044-03-15 BC'), (4, '12000-01-01', NULL, '9999-12-31');

CREATE TABLE left_side (id int PRIMARY KEY, right_id int);
CREATE TABLE right_side (id int PRIMARY KEY, left_id int REFERENCES left_side);
ALTER TABLE left_side ADD FOREIGN KEY (right_id) REFERENCES right_side;
CREATE TABLE both_sides (left_id int REFERENCES left_side, right_id int REFERENCES right_side, PRIMARY KEY (left_id, right_id));
INSERT INTO left_side VALUES (1, NULL); INSERT INTO right_side VALUES (1, 1); UPDATE left_side SET right_id = 1;
INSERT INTO both_sides VALUES (1, 1);
CREATE TABLE pointer (id int PRIMARY KEY, tenant int, day date, FOREIGN KEY (tenant, day) REFERENCES composite);
INSERT INTO pointer VALUES (1, 1, '2026-01-02'), (2, NULL, NULL);

CREATE TABLE parted (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE parted_2026 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE parted_bare (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE parted_bare_2026 PARTITION OF parted_bare FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO parted SELECT i, '2026-05-05' FROM generate_series(1, 60) i;
INSERT INTO parted_bare SELECT i, '2026-05-05' FROM generate_series(1, 60) i;

CREATE VIEW seen AS SELECT name, count(*) AS how_many FROM plain GROUP BY name;
CREATE MATERIALIZED VIEW kept AS SELECT id, name FROM plain;
CREATE TABLE secured (id int PRIMARY KEY, secret text);
INSERT INTO secured VALUES (1, 'a');
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
CREATE TABLE wide AS SELECT 1 AS id;
DO $$ BEGIN FOR i IN 1..400 LOOP EXECUTE format('ALTER TABLE wide ADD COLUMN c%s text DEFAULT %L', i, i); END LOOP; END $$;
