"""The metadata all tables share, and the types they are made of."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from sqlalchemy import DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """13 random characters (65 bits). Random, because consecutive numbers would tell how much is hidden between them."""
    number = secrets.randbits(65)
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(13))


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. A naive one is a bug and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# How a state is shown, beside its label: finished well; waiting for somebody; refused, returned or no longer valid;
# under way; nothing to notice. What is merely over is one of the last two.
Tone = Literal["good", "warn", "bad", "info", "plain"]


def enum_column(values: type[StrEnum], name: str) -> Enum:
    """A text column that holds only the enum's values, checked by the database."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Parent of all tables. Every constraint has a name, so that migrations can change it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime}


Id = String(13)
Digest = String(64)
