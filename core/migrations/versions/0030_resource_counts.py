"""How many resources of each kind each place sees, kept by the database; a place that moves takes its own along"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

CELL = "place, below, region, kind, scope, medium, phase, grade"
CELLS = """
SELECT seen.place, seen.below, coalesce(one.region_code, '') AS region, one.kind, one.scope,
       coalesce(one.media, '') AS medium, one.phase, one.grade, {sign} AS count
FROM {rows} AS one CROSS JOIN LATERAL (
  SELECT one.reach AS place, false AS below
  UNION ALL
  SELECT above.place, true FROM (
    SELECT array_to_string(parts[1:number], '.') AS place
    FROM string_to_array(one.provider_path, '.') AS parts, generate_series(1, cardinality(parts)) AS number
  ) AS above
  WHERE NOT (one.reach = '' OR above.place = one.reach OR starts_with(above.place, one.reach || '.'))
) AS seen
WHERE one.stage = 'playable' AND one.review IN ('published', 'waiting')
"""
"""A resource counts at its reach; and as `below` at each place above it from which that reach is not seen."""
SIDES = {"insert": {"come": 1}, "delete": {"gone": -1}, "update": {"come": 1, "gone": -1}}
TABLES = {
    "insert": "NEW TABLE AS come",
    "delete": "OLD TABLE AS gone",
    "update": "OLD TABLE AS gone NEW TABLE AS come",
}
COUNT = """
CREATE FUNCTION count_resources_{event}() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  WITH change AS (
    SELECT {cell}, sum(count) AS count FROM ({rows}) AS every GROUP BY {cell} HAVING sum(count) <> 0
  ), kept AS (
    DELETE FROM resource_counts WHERE id IN (
      SELECT one.id FROM resource_counts AS one JOIN change USING ({cell}) FOR UPDATE OF one SKIP LOCKED
    ) RETURNING {cell}, count
  )
  INSERT INTO resource_counts ({cell}, count)
  SELECT {cell}, sum(count) FROM (TABLE change UNION ALL TABLE kept) AS every GROUP BY {cell} HAVING sum(count) <> 0;
  RETURN NULL;
END $$
"""
"""A plan that was made while the table was empty stays: whatever its size, each cell is looked up in the index.
Nobody waits for anybody: what another transaction is just changing is left alone, and a second row stands beside
it until the next change adds the two up."""
FIRST = "INSERT INTO resource_counts ({cell}, count) SELECT {cell}, sum(count) FROM ({rows}) AS every GROUP BY {cell}"
MOVE = """
CREATE FUNCTION move_resources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE resources SET provider_path = NEW.path, region_code = NEW.region_code, changed_at = now(), reach = CASE
    WHEN reach IN ('', '-') THEN reach
    WHEN reach = OLD.path THEN NEW.path
    ELSE coalesce((
      SELECT path FROM organisations
      WHERE tier::text = scope AND (path = NEW.path OR starts_with(NEW.path, path || '.'))
    ), NEW.path)
  END
  WHERE provider_id = NEW.id;
  RETURN NULL;
END $$
"""
"""As reach.py says."""


def upgrade() -> None:
    op.create_table(
        "resource_counts",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("below", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.String(12), nullable=False) for name in ("region", "kind", "scope", "medium", "phase")),
        sa.Column("grade", sa.SmallInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("ix_resource_counts_cell", "resource_counts", CELL.split(", "))
    for event, sides in SIDES.items():
        rows = " UNION ALL ".join(CELLS.format(rows=rows, sign=sign) for rows, sign in sides.items())
        op.execute(COUNT.format(event=event, cell=CELL, rows=rows))
        op.execute(
            f"CREATE TRIGGER resources_counted_{event} AFTER {event} ON resources REFERENCING {TABLES[event]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION count_resources_{event}()"
        )
    op.execute(FIRST.format(cell=CELL, rows=CELLS.format(rows="resources", sign=1)))
    op.execute(MOVE)
    op.execute(
        "CREATE TRIGGER organisations_move_resources AFTER UPDATE OF path, region_code ON organisations FOR EACH ROW "
        "WHEN ((OLD.path, OLD.region_code) IS DISTINCT FROM (NEW.path, NEW.region_code)) "
        "EXECUTE FUNCTION move_resources()"
    )
    undone = sa.text("progress < 100 AND stage IN ('sent', 'probed', 'playable')")
    op.create_index("ix_resources_undone", "resources", ["changed_at"], postgresql_where=undone)


def downgrade() -> None:
    op.drop_index("ix_resources_undone", "resources")
    op.execute("DROP FUNCTION move_resources CASCADE")
    for event in SIDES:
        op.execute(f"DROP FUNCTION count_resources_{event} CASCADE")
    op.drop_table("resource_counts")
