"""What stands beside a password; migration 0011 makes the tables."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Moment


class SecondFactor(Base):
    """A person's TOTP secret (RFC 6238). It counts once a first code has confirmed that the telephone has it."""

    __tablename__ = "second_factors"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str]
    """The secret in base32, sealed with the person's key."""
    confirmed_at: Mapped[Moment | None]
    last_step: Mapped[int] = mapped_column(BigInteger)
    """The time step of the last code that was taken: no code is good twice."""


class RecoveryCode(Base):
    """For the day when the telephone is lost; each opens once. 80 random bits, so a plain SHA-256 is enough."""

    __tablename__ = "recovery_codes"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[Moment | None]


class Identity(Base):
    """Who this person is to another house's sign-on (OpenID Connect Core 1.0, section 2: `iss` and `sub`)."""

    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    linked_at: Mapped[Moment]
