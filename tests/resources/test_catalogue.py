from typing import Any
from uuid import UUID

from admin import seed
from tests.resources.library import Library

TEXT = b"a table of the moon"


async def published(library: Library, **words: Any) -> str:
    resource = await library.send("table.bin", TEXT, **words)
    await library.work(resource)
    await library.publish(resource)
    return str(resource)


async def titles(library: Library, who: str, **params: Any) -> list[str]:
    answer = await (await library.desk(who)).get("/api/resources", params=params)
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["items"]]


async def test_words_of_one_two_and_more_characters_are_found_and_full_width_letters_too(library: Library) -> None:
    await published(library, title="月相变化的规律")
    await published(library, title="My family ABC", subject="英语", unit="Unit 1", chapter="")
    for words in ("月", "月相", "变化的", "月相 陈静怡", "兴义一小 规律", "教科版 月 变化的规律"):
        assert await titles(library, "village", q=words) == ["月相变化的规律"], words
    assert await titles(library, "village", q="ＡＢＣ") == ["My family ABC"]
    assert await titles(library, "village", q="相月") == []
    assert await titles(library, "village", q="？") == []
    assert await titles(library, "village", q="100%_月") == []


async def test_a_list_is_three_statements_whatever_its_length(library: Library) -> None:
    client = await library.desk("village")
    counts = []
    for number in range(3):
        await published(library, title=f"第 {number} 件")
        with library.desk.counted() as statements:
            await client.get("/api/resources")
        counts.append(len(statements))
    assert len(set(counts)) == 1


async def test_facets_count_along_the_tree(library: Library) -> None:
    await published(library)
    await published(library, kind="slides", unit="第一单元 水")
    await published(library, grade=8, subject="物理")
    found = (await (await library.desk("village")).get("/api/resources/facets", params={"grade": 3})).json()
    assert {one["value"]: one["count"] for one in found["kinds"]} == {"lesson": 1, "slides": 1}
    tree = {tuple(one["path"]): one["count"] for one in found["tree"]}
    assert tree["primary", "3"] == 2
    assert tree["lower", "8"] == 1
    assert tree["primary", "3", "科学", "教科版", "下", "第一单元 水"] == 1


async def test_scope_and_place_decide_who_finds_it(library: Library) -> None:
    await published(library, title="校内", scope="school")
    await published(library, title="县内", scope="county")
    await published(library, title="州内", scope="prefecture")
    assert await titles(library, "colleague") == ["州内", "县内", "校内"]
    assert await titles(library, "village") == ["州内"]
    assert await titles(library, "bureau") == ["州内", "县内", "校内"]


async def test_review_has_reasons_and_until_it_is_published_only_the_school_sees_it(library: Library) -> None:
    resource = await library.send("table.bin", TEXT)
    await library.work(resource)
    teacher, bureau = await library.desk("teacher"), await library.desk("bureau")
    assert await titles(library, "colleague") == []
    await teacher.post(f"/api/resources/{resource}/hand-in")
    assert await titles(library, "colleague") == ["月相变化的规律"]
    assert await titles(library, "village") == []
    assert (await teacher.post(f"/api/resources/{resource}/publish")).status_code == 403
    returned = await bureau.post(f"/api/resources/{resource}/return", json={"reason": "第 3 页有错字"})
    assert returned.json()["reviews"][-1]["reason"] == "第 3 页有错字"
    assert returned.json()["reviews"][-1]["by"] == "杨立群"
    await library.publish(resource)
    assert await titles(library, "village") == ["月相变化的规律"]
    down = await bureau.post(f"/api/resources/{resource}/withdraw", json={"reason": "版权到期"})
    assert down.json()["review"] == "withdrawn"
    assert await titles(library, "village") == []
    assert (await (await library.desk("village")).get(f"/api/resources/{resource}")).status_code == 404
    again = await bureau.post(f"/api/resources/{resource}/return", json={"reason": "再看一遍"})
    assert (again.status_code, again.json()["code"]) == (409, "review-passed")


async def test_a_new_version_takes_the_place_of_the_old_one(library: Library) -> None:
    first = await published(library)
    second = await published(library, title="月相（第二版）", previous_id=first)
    assert await titles(library, "village") == ["月相（第二版）"]
    old, new = await library.get(first), await library.get(second)
    assert (old["review"], old["next_id"], new["edition"]) == ("withdrawn", second, 2)


async def test_two_who_edit_at_once_are_told(library: Library) -> None:
    resource = await published(library)
    teacher = await library.desk("teacher")
    version = (await library.get(resource))["version"]
    first = await teacher.patch(f"/api/resources/{resource}", json={"version": version, "title": "新题目"})
    second = await teacher.patch(f"/api/resources/{resource}", json={"version": version, "title": "另一个"})
    assert (first.status_code, second.status_code) == (200, 409)
    assert await titles(library, "village", q="新题") == ["新题目"]


async def test_views_and_completions_count_once_for_each_viewer(library: Library, made_media: Any) -> None:
    resource = await library.send("talk.mp3", made_media.file("talk.mp3"))
    await library.work(resource)
    await library.publish(resource)
    await (await library.desk("parent")).post(f"/api/children/{seed.person('student')}/consents/space")
    for who, position in (("village", 1.0), ("village", 5.9), ("village", 5.95), ("student", 2.0)):
        await (await library.desk(who)).put(f"/api/resources/{resource}/position", json={"position": position})
    shown = await library.get(resource, "village")
    assert (shown["views"], shown["completions"]) == (2, 1)
    assert shown["here"] | {"may_change": False} == {
        "favourite": False,
        "position": 5.95,
        "completed": True,
        "may_change": False,
        "may_review": False,
    }


async def test_favourites_notes_and_captions(library: Library) -> None:
    resource = await published(library)
    village, teacher = await library.desk("village"), await library.desk("teacher")
    await village.put(f"/api/resources/{resource}/favourite")
    assert await titles(library, "village", favourite=True) == ["月相变化的规律"]
    assert await titles(library, "teacher", favourite=True) == []
    note = await village.post(f"/api/resources/{resource}/notes", json={"at": 12.5, "text": "停了四秒，来得及想。"})
    assert note.status_code == 201
    listed = (await teacher.get(f"/api/resources/{resource}/notes")).json()["items"]
    assert [(one["at"], one["by"]["name"]) for one in listed] == [(12.5, "韦小兰")]
    assert (await teacher.delete(f"/api/resources/{resource}/notes/{note.json()['id']}")).status_code == 403
    vtt = "WEBVTT\n\n00:00.000 --> 00:02.000\n今晚的月亮是什么样\n"
    added = await teacher.post(f"/api/resources/{resource}/captions", json={"language": "zh", "text": vtt})
    assert [one["label"] for one in added.json()["captions"]] == ["zh"]
    wrong = await teacher.post(f"/api/resources/{resource}/captions", json={"language": "zh", "text": "not captions"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not-webvtt")


async def test_a_rural_teacher_asks_a_master_teacher_for_a_lesson(library: Library) -> None:
    resource = await published(library)
    teacher, village = await library.desk("teacher"), await library.desk("village")
    made = await teacher.post(
        "/api/series", json={"title": "三年级科学·天文", "studio": "陈静怡名师工作室", "resources": [resource]}
    )
    assert made.json()["resources"] == 1
    master = (await village.get("/api/master-teachers")).json()["items"][0]
    assert (master["name"], master["school"]["name"], master["subjects"]) == ("陈静怡", "兴义一小", ["科学"])
    wish = {"subject": "科学", "grade": 3, "words": "想请您讲月相", "series_id": made.json()["id"]}
    asked = await village.post(f"/api/master-teachers/{master['id']}/requests", json=wish)
    assert asked.json()["school"]["name"] == "云头教学点"
    waiting = (await teacher.get("/api/lesson-requests")).json()["items"]
    assert [one["asked_by"]["name"] for one in waiting] == ["韦小兰"]
    path = f"/api/lesson-requests/{waiting[0]['id']}/answer"
    assert (await village.post(path, json={"accepted": True})).status_code in (403, 404)
    answered = await teacher.post(path, json={"accepted": True, "answer": "下周二第三节"})
    assert answered.json()["state"] == "accepted"


async def test_a_published_resource_is_withdrawn_before_it_is_removed(library: Library) -> None:
    resource = await published(library)
    teacher, bureau = await library.desk("teacher"), await library.desk("bureau")
    assert (await teacher.delete(f"/api/resources/{resource}")).status_code == 409
    await bureau.post(f"/api/resources/{resource}/withdraw", json={"reason": "内容过时"})
    kept = await library.kept(UUID(resource))
    assert (await teacher.delete(f"/api/resources/{resource}")).status_code == 204
    assert await library.desk.ground.store.size(kept.uploads[0].store_name) is None


async def test_a_series_is_read_in_the_order_that_its_owner_gave_it(library: Library) -> None:
    moon, sun, star = [await published(library, title=title) for title in ("月", "日", "星")]
    teacher, village = await library.desk("teacher"), await library.desk("village")
    words = {"title": "三年级天文", "resources": [star, moon, sun]}
    made = (await teacher.post("/api/series", json=words)).json()
    first = (await village.get("/api/resources", params={"series": made["id"], "limit": 2})).json()
    second = (await village.get("/api/resources", params={"series": made["id"], "after": first["next"]})).json()
    assert [one["title"] for one in (*first["items"], *second["items"])] == ["星", "月", "日"]
    await teacher.put(f"/api/series/{made['id']}", json=words | {"resources": [moon, star]})
    assert await titles(library, "village", series=made["id"]) == ["月", "星"]
    told = (await village.get(f"/api/series/{made['id']}")).json()
    assert (told["name"], told["resources"], told["owner"]["name"]) == ("三年级天文", 2, "陈静怡")
    denied = await village.put(f"/api/series/{made['id']}", json=words)
    assert denied.status_code == 403
    assert (await village.get(f"/api/series/{moon}")).status_code == 404
