"""The SQL that captures changes. It runs with the rights of the owner: nobody else may write what it writes."""

FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION admin.capture_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = admin, pg_temp AS $$
BEGIN
  IF coalesce(current_setting('admin.change', true), '') = '' THEN
    RAISE EXCEPTION 'Nobody said who writes to %.', TG_TABLE_NAME USING ERRCODE = 'AD001',
      HINT = 'Write inside admin_core.changes.acting.';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION admin.capture_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = admin, pg_temp AS $$
DECLARE
  personal_columns text[] := TG_ARGV[1]; skipped text[] := TG_ARGV[2];
  b jsonb; a jsonb; whole jsonb; k jsonb; p jsonb; names text[]; change jsonb; subject text;
BEGIN
  IF TG_OP <> 'INSERT' THEN b := to_jsonb(OLD) - skipped; END IF;
  IF TG_OP <> 'DELETE' THEN a := to_jsonb(NEW) - skipped; END IF;
  IF a = b THEN RETURN NULL; END IF;
  change := current_setting('admin.change')::jsonb;
  IF current_setting('admin.change_made', true) IS DISTINCT FROM change->>'id' THEN
    INSERT INTO change_sets (id, kind, title, action, actor_kind, actor_id, actor_key, reason, request_id, txid, job_id,
                             undoes_id, undoable)
    VALUES ((change->>'id')::uuid, change->>'kind', change->>'title', change->>'action', change->>'actor_kind',
            (change->>'actor_id')::uuid, change->>'actor_key', change->>'reason', change->>'request_id',
            pg_current_xact_id()::text::bigint, (change->>'job_id')::uuid, (change->>'undoes_id')::uuid,
            coalesce((change->>'undoable')::boolean, true))
    ON CONFLICT (id) DO NOTHING;
    PERFORM set_config('admin.change_made', change->>'id', true);
  END IF;
  whole := coalesce(a, b);
  SELECT jsonb_object_agg(c, coalesce(b, a)->c) INTO k FROM unnest(TG_ARGV[0]::text[]) c;
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(x.key, x.value), jsonb_object_agg(x.key, a->x.key) INTO b, a
    FROM jsonb_each(b) x WHERE a->x.key IS DISTINCT FROM x.value;
  END IF;
  IF coalesce(b, a) ?| personal_columns THEN
    SELECT jsonb_object_agg(c, jsonb_build_array(b->c, a->c)), array_agg(c) INTO p, names
    FROM unnest(personal_columns) c WHERE coalesce(b, a) ? c;
    b := b - personal_columns; a := a - personal_columns;
  END IF;
  subject := CASE WHEN TG_ARGV[4] <> '' THEN whole->>TG_ARGV[4] END;
  IF TG_ARGV[5] <> '' AND p IS NOT NULL THEN
    EXECUTE TG_ARGV[5] INTO subject USING subject;
    IF subject IS NULL THEN -- its parent went first, in the same cascade: then whose it was
      SELECT c.subject_key INTO subject FROM change_rows c WHERE c.table_name = TG_TABLE_NAME AND c.record_key = k
        AND c.subject_key IS NOT NULL ORDER BY c.id DESC LIMIT 1;
    END IF;
  ELSIF TG_ARGV[5] <> '' THEN
    subject := NULL;
  END IF;
  INSERT INTO change_rows (change_set_id, table_name, operation, record_key, before, after, personal, personal_columns,
                           subject_kind, subject_key)
  VALUES ((change->>'id')::uuid, TG_TABLE_NAME, lower(TG_OP), k, b, a, p, names, nullif(TG_ARGV[3], ''), subject);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION admin.capture_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE leaves no history of %.', TG_TABLE_NAME USING ERRCODE = 'AD002', HINT = 'Use DELETE.';
END $$;

CREATE OR REPLACE FUNCTION admin.seal_personal(ids bigint[], sealed bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = admin, pg_temp AS $$
  UPDATE change_rows c SET personal = NULL, personal_sealed = s.sealed
  FROM unnest(ids, sealed) AS s(id, sealed) WHERE c.id = s.id AND c.personal IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION admin.forget_personal(kind text, key text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = admin, pg_temp AS $$
  WITH gone AS (
    UPDATE change_rows c SET personal = NULL, personal_sealed = NULL
    WHERE c.subject_kind = kind AND c.subject_key = key AND (c.personal IS NOT NULL OR c.personal_sealed IS NOT NULL)
    RETURNING 1)
  SELECT count(*) FROM gone
$$;

REVOKE ALL ON FUNCTION admin.seal_personal(bigint[], bytea[]), admin.forget_personal(text, text) FROM PUBLIC;
"""
