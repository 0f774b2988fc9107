"""Five connected provinces, a hospital in each of two, an insured person with a filing, the catalogue of the article's
case and a policy with round parameters. People and hospitals are invented."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.companions.settlement.models import CatalogueItem, Connection, Filing, Hospital, Insured, Policy, Window
from core.clock import now

CASE = Path(__file__).parent / "data" / "article_case.csv"
CHONGQING, SICHUAN = "500000", "510000"
REGIONS = {"520000": "贵州省", CHONGQING: "重庆市", "530000": "云南省", "430000": "湖南省", "450000": "广西"}
HOSPITALS = {"CQ-0001": ("渝州示范医院", CHONGQING), "SC-0001": ("蜀州示范医院", SICHUAN)}
SINCE = date(2016, 1, 1)
CARD, NAME = "52230119560001", "王安国"


def lines() -> list[dict[str, str]]:
    with CASE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def load(session: AsyncSession) -> None:
    regions = [_kept("connection", code, region=code, name=name, valid_from=SINCE) for code, name in REGIONS.items()]
    await seed.add(session, Connection, regions)
    hospitals = [
        _kept("hospital", code, code=code, name=name, region=region, connected=True)
        for code, (name, region) in HOSPITALS.items()
    ]
    await seed.add(session, Hospital, hospitals)
    window = {"person_id": seed.person("hospital"), "hospital_id": seed.id_of("hospital", "CQ-0001")}
    await seed.add(session, Window, [window])
    await _insured(session)
    catalogue = {line["code"]: line for line in lines()}
    await seed.add(session, CatalogueItem, [_listed(line) for line in catalogue.values()])
    await seed.add(session, Policy, [_policy()])


async def _insured(session: AsyncSession) -> None:
    place = seed.place("xingyi")
    person = _kept("insured", CARD, name=NAME, card=CARD, scheme="resident", valid_from=SINCE)
    await seed.add(session, Insured, [person | {"place_id": place}])
    filings = [
        _kept(
            "filing",
            f"{CARD}:{region}",
            insured_id=seed.id_of("insured", CARD),
            region=region,
            kind="referral",
            starts=date(2016, 11, 1),
            ends=date(2017, 10, 31),
            state="valid",
        )
        for region in (CHONGQING, SICHUAN)
    ]
    await seed.add(session, Filing, [filing | {"place_id": place} for filing in filings])


def _listed(line: dict[str, str]) -> dict[str, Any]:
    listed = {"code": line["code"], "name": line["name"], "fee_class": line["fee_class"], "valid_from": SINCE}
    return _kept("catalogue", f"{CHONGQING}:{line['code']}", region=CHONGQING, **listed)


def _policy() -> dict[str, Any]:
    tiers = [
        {"up_to": "10000.00", "share": "0.80"},
        {"up_to": "50000.00", "share": "0.90"},
        {"up_to": None, "share": "0.95"},
    ]
    shares = {"A": "1", "B": "0.90", "C": "0"}
    money = {"deductible": "600.00", "cap": "250000.00"}
    return _kept("policy", "resident", scheme="resident", valid_from=SINCE, class_shares=shares, tiers=tiers, **money)


def _kept(noun: str, key: str, **values: Any) -> dict[str, Any]:
    own = {"id": seed.id_of(noun, key), "place_id": seed.place("qxn"), "version": 1}
    return own | {"created_by": seed.person("insurer"), "created_at": now()} | values
