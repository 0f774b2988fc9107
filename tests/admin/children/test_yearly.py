from admin import seed
from core.clock import now
from tests.admin.cast import Desk

CHILD = seed.person("student")


async def test_the_years_figures_count_what_happened(desk: Desk) -> None:
    parent, keeper = await desk("parent"), await desk("bureau-qinglong")
    await parent.delete(f"/api/children/{CHILD}/consents/live")
    await parent.post(f"/api/children/{CHILD}/requests", json={"kind": "erasure", "words": "转学"})
    await keeper.get(f"/api/children/{CHILD}")
    await (await desk("student")).post("/api/reports", json={"kind": "other", "words": "怕"})
    year = now().year
    figures = (await keeper.get("/api/children/report", params={"year": year})).json()
    assert (figures["place"], figures["minors"], figures["under_14"]) == ("晴隆县", 3, 3)
    assert figures["without_consent"] == {"live": 1, "recording": 0, "space": 3, "bracelet": 3}
    assert (figures["consents_given"], figures["consents_withdrawn"]) == (6 if year == 2026 else 0, 1)
    assert (figures["requests"], figures["requests_late"], figures["reports"]) == (1, 0, 1)
    assert (figures["looks"], figures["unmasked"], figures["erased"]) == (1, 0, 0)
    empty = (await keeper.get("/api/children/report", params={"year": 2020})).json()
    assert (empty["consents_withdrawn"], empty["looks"]) == (0, 0)


async def test_hidden_words_are_kept_by_the_bureau(desk: Desk) -> None:
    bureau = await desk("bureau")
    assert (await bureau.post("/api/hidden-words", json={"word": " 笨 蛋 "})).json()["word"] == "笨蛋"
    assert (await bureau.post("/api/hidden-words", json={"word": "!!"})).status_code == 422
    assert [one["word"] for one in (await bureau.get("/api/hidden-words")).json()["items"]] == ["笨蛋"]
    assert (await bureau.delete("/api/hidden-words/笨蛋")).status_code == 204
    assert (await bureau.delete("/api/hidden-words/笨蛋")).status_code == 404
    assert (await (await desk("student")).get("/api/hidden-words")).status_code == 403
