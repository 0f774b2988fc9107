"""The directory's first entry: what the list module offers."""

from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.companions.exchange.models import Dataset
from core.clock import now


async def load(session: AsyncSession) -> None:
    row = {
        "id": seed.id_of("dataset", "lists.progress"),
        "place_id": seed.place("qxn"),
        "version": 1,
        "created_by": seed.person("bureau"),
        "created_at": now(),
        "code": "lists.progress",
        "title": "清单销号进度",
        "source": "清单管理模块，逐项登记",
        "store": "module",
        "use": "各单位汇总进度",
        "share_class": "unconditional",
        "columns": ["programme", "state", "items"],
        "cells": 0,
        "filled": 0,
    }
    await seed.add(session, Dataset, [row])
