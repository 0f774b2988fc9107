"""OAI-PMH between two libraries: one house answers, the same house harvests it as another would."""

from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from admin import seed
from resources.interchange import harvest, oai
from resources.interchange.formats import DC, LOM
from resources.interchange.harvest import BadAnswer, grade_in
from resources.interchange.oai import OAI
from resources.reader_models import Source
from tests.resources.library import Library


async def ask(library: Library, **given: str) -> Element:
    client = await library.desk(None)
    answer = await client.get("/api/oai", params=given)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    found: Element = fromstring(answer.content)
    return found


async def public(library: Library, title: str, **words: Any) -> str:
    resource = await library.send("table.bin", b"a table", title=title, scope="public", **words)
    await library.work(resource)
    await library.publish(resource)
    return str(resource)


def error(answer: Element) -> str | None:
    found = answer.find(f"{{{OAI}}}error")
    return None if found is None else found.get("code")


async def test_what_is_public_is_told_to_anybody_and_nothing_else(library: Library) -> None:
    resource = await public(library, "月相")
    inner = await library.send("table.bin", b"a table", title="州内")
    await library.work(inner)
    await library.publish(inner)
    records = await ask(library, verb="ListRecords", metadataPrefix="oai_dc")
    assert [one.text for one in records.iter(f"{{{DC}}}title")] == ["月相"]
    assert [one.text for one in records.iter(f"{{{DC}}}coverage")] == [
        "小学 三年级 教科版 下 第三单元 太阳、地球和月球 4 月相变化的规律"
    ]
    one = await ask(library, verb="GetRecord", identifier=f"oai:songjiao:{resource}", metadataPrefix="lom")
    taxa = [entry.findtext(f"{{{LOM}}}entry/{{{LOM}}}string") for entry in one.iter(f"{{{LOM}}}taxon")]
    assert taxa[:4] == ["小学", "三年级", "科学", "教科版"]


async def test_a_withdrawn_record_is_told_as_deleted(library: Library) -> None:
    resource = await public(library, "月相")
    bureau = await library.desk("bureau")
    await bureau.post(f"/api/resources/{resource}/withdraw", json={"reason": "版权到期"})
    headers = await ask(library, verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert [one.get("status") for one in headers.iter(f"{{{OAI}}}header")] == ["deleted"]


async def test_long_lists_come_in_pages_and_sets_and_days_choose(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oai, "A_PAGE", 2)
    for number in range(5):
        await public(library, f"第 {number} 件", grade=3 if number else 8)
    titles, asked = [], {"metadataPrefix": "oai_dc"}
    while asked:
        answer = await ask(library, verb="ListRecords", **asked)
        titles += [one.text for one in answer.iter(f"{{{DC}}}title")]
        token = answer.findtext(f".//{{{OAI}}}resumptionToken")
        asked = {"resumptionToken": token} if token else {}
    assert titles == [f"第 {number} 件" for number in range(5)]
    lower = await ask(library, verb="ListIdentifiers", metadataPrefix="oai_dc", set="lower:g8")
    assert len(list(lower.iter(f"{{{OAI}}}header"))) == 1
    assert (
        error(await ask(library, verb="ListRecords", metadataPrefix="oai_dc", until="2020-01-01")) == "noRecordsMatch"
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Destroy"}, "badVerb"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "Identify", "set": "primary"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "resumptionToken": "nonsense"}, "badResumptionToken"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:songjiao:7"}, "idDoesNotExist"),
    ],
)
async def test_mistakes_are_answered_as_the_protocol_says(library: Library, given: dict[str, str], code: str) -> None:
    assert error(await ask(library, **given)) == code


async def test_another_library_harvests_what_is_here_and_later_only_what_changed(library: Library) -> None:
    await public(library, "月相")
    second = await public(library, "水的三态")
    transport = httpx.ASGITransport(app=library.desk.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://songjiao.test") as client:
        records = [one async for page in harvest.pages(client, "/api/oai", None, None) for one in page]
        assert [(one.title, one.grade, one.kind) for one in records] == [
            ("月相", 3, "lesson"),
            ("水的三态", 3, "lesson"),
        ]
        async with library.desk.ground.transaction() as session:
            source = Source(name="省平台", address="http://other.test/oai", provider_id=seed.place("qxn"), records=0)
            session.add(source)
            await session.flush()
        await harvest.take(library.desk.ground, source, records)
        await harvest.take(library.desk.ground, source, records)
        village = await library.desk("village")
        found = (await village.get("/api/resources", params={"q": "水的", "medium": "link"})).json()["items"]
        assert [(one["title"], one["provider"]["name"]) for one in found] == [("水的三态", "黔西南州")]
        page = await library.get(UUID(found[0]["id"]), "village")
        assert page["address"].endswith(f"/library/{second}")
        await (await library.desk("bureau")).post(f"/api/resources/{second}/withdraw", json={"reason": "版权到期"})
        gone = [one async for page in harvest.pages(client, "/api/oai", None, None) for one in page if one.deleted]
        await harvest.take(library.desk.ground, source, gone)
        again = (await village.get("/api/resources", params={"q": "水的", "medium": "link"})).json()["items"]
        assert again == []


def test_grades_are_read_from_words() -> None:
    assert [grade_in(text) for text in ("小学 三年级 科学", "高二物理", "教师培训")] == [3, 11, None]


@pytest.mark.parametrize("document", [b"<html>", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_oai_answer_is_named(document: bytes) -> None:
    with pytest.raises(BadAnswer):
        harvest.read(document)
