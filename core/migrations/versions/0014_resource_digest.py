"""A resource's digest is known only when the worker has read it"""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.alter_column("resources", "sha256", nullable=True)


def downgrade() -> None:
    op.alter_column("resources", "sha256", nullable=False)
