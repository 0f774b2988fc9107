"""Bracelets: the child is a person with a family, and the consent is the family's"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

MAKE_PERSONS = (
    "UPDATE bracelet_children SET person_id = gen_random_uuid()",
    "INSERT INTO people (id, name, language) SELECT person_id, left(name, 80), 'zh' FROM bracelet_children",
    "INSERT INTO minors (person_id, born) SELECT person_id, born FROM bracelet_children",
    "INSERT INTO roles (id, person_id, role, organisation_id)"
    " SELECT gen_random_uuid(), person_id, 'student', place_id FROM bracelet_children",
    "INSERT INTO guardianships (id, guardian_id, child_id, relation, confirmed_by, since)"
    " SELECT gen_random_uuid(), guardian_id, person_id, '监护人', coalesce(created_by, guardian_id), created_at"
    " FROM bracelet_children",
)
MOVE_CONSENTS = """
INSERT INTO consents (id, child_id, guardian_id, purpose, wording, given_at, withdrawn_at)
SELECT bracelet_consents.id, person_id, bracelet_consents.guardian_id, 'bracelet', '2026-11', given_at, withdrawn_at
FROM bracelet_consents JOIN bracelet_children ON bracelet_children.id = bracelet_consents.child_id
ON CONFLICT DO NOTHING
"""
RETURN_CONSENTS = """
INSERT INTO bracelet_consents (id, child_id, guardian_id, given_at, withdrawn_at)
SELECT consents.id, bracelet_children.id, consents.guardian_id, given_at, withdrawn_at
FROM consents JOIN bracelet_children ON bracelet_children.person_id = consents.child_id
WHERE purpose = 'bracelet' AND consents.guardian_id IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("bracelet_children", sa.Column("person_id", sa.Uuid, unique=True))
    for statement in MAKE_PERSONS:
        op.execute(statement)
    op.create_foreign_key("fk_bracelet_children_person_id", "bracelet_children", "people", ["person_id"], ["id"])
    op.alter_column("bracelet_children", "person_id", nullable=False)
    op.execute(MOVE_CONSENTS)
    op.drop_table("bracelet_consents")


def downgrade() -> None:
    """The persons stay: who else refers to them by now is not known here."""
    child = sa.ForeignKey("bracelet_children.id", ondelete="CASCADE")
    op.create_table(
        "bracelet_consents",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("child_id", sa.Uuid, child, nullable=False, index=True),
        sa.Column("guardian_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.execute(RETURN_CONSENTS)
    op.drop_column("bracelet_children", "person_id")
