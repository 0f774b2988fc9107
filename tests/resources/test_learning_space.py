"""A8 人人通: what the library keeps of a pupil's own use is a learning space, and below fourteen rests on a consent."""

from typing import Any
from uuid import UUID

from admin import seed
from tests.resources.library import Library
from tests.resources.test_catalogue import published, titles

CHILD = seed.person("student")
CONSENT = f"/api/children/{CHILD}/consents/space"


async def use(library: Library, resource: str) -> Any:
    """Watches to the third second and marks a favourite; gives the second answer."""
    pupil = await library.desk("student")
    kept = await pupil.put(f"/api/resources/{resource}/position", json={"position": 3})
    assert kept.status_code == 204
    return await pupil.put(f"/api/resources/{resource}/favourite")


async def kept(library: Library) -> set[str]:
    file = (await (await library.desk("parent")).get(f"/api/children/{CHILD}")).json()
    return {one["key"].split(".")[0] for one in file["holdings"] if one["rows"]} & {
        "resource_watching",
        "resource_favourites",
    }


async def test_a8_a_child_without_consent_reads_and_watches_but_has_no_space(library: Library) -> None:
    resource = await published(library)
    answer = await use(library, resource)
    assert (answer.status_code, answer.json()["code"], answer.json()["purpose"]) == (403, "consent-missing", "space")
    shown = await library.get(UUID(resource), "student")
    assert (shown["title"], shown["here"]["position"], shown["views"]) == ("月相变化的规律", 0.0, 0)
    assert await kept(library) == set()


async def test_a8_with_the_familys_consent_it_is_kept_and_withdrawing_erases_it(library: Library) -> None:
    resource, parent = await published(library), await library.desk("parent")
    assert (await parent.post(CONSENT)).status_code == 204
    assert (await use(library, resource)).status_code == 204
    assert await titles(library, "student", favourite=True) == ["月相变化的规律"]
    assert await kept(library) == {"resource_watching", "resource_favourites"}
    assert (await parent.delete(CONSENT)).status_code == 204
    assert await kept(library) == set()
    assert await titles(library, "student", favourite=True) == []
    assert (await use(library, resource)).status_code == 403
