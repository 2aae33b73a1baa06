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
  b jsonb; a jsonb; whole jsonb; k jsonb; p jsonb; change jsonb;
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
    SELECT jsonb_object_agg(c, jsonb_build_array(b->c, a->c)) INTO p
    FROM unnest(personal_columns) c WHERE coalesce(b, a) ? c;
    b := b - personal_columns; a := a - personal_columns;
  END IF;
  INSERT INTO change_rows (change_set_id, table_name, operation, record_key, before, after, personal, subject_kind,
                           subject_key)
  VALUES ((change->>'id')::uuid, TG_TABLE_NAME, lower(TG_OP), k, b, a, p,
          nullif(TG_ARGV[3], ''), CASE WHEN TG_ARGV[4] <> '' THEN whole->>TG_ARGV[4] END);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION admin.capture_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'TRUNCATE leaves no history of %.', TG_TABLE_NAME USING ERRCODE = 'AD002', HINT = 'Use DELETE.';
END $$;
"""
