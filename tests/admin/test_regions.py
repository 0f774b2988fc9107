from datetime import date

import pytest

from admin.regions import as_of, read_table

TABLE = read_table()


def codes(day: date, level: str = "county") -> dict[str, str]:
    return {region.name: region.code for region in as_of(TABLE, day) if region.level == level}


def test_the_prefecture_has_eight_counties_and_cities_today() -> None:
    assert codes(date(2026, 11, 22)) == {
        "兴义市": "522301",
        "兴仁市": "522302",
        "普安县": "522323",
        "晴隆县": "522324",
        "贞丰县": "522325",
        "望谟县": "522326",
        "册亨县": "522327",
        "安龙县": "522328",
    }


@pytest.mark.parametrize(
    ("day", "name", "code"),
    [
        (date(2017, 12, 31), "兴仁县", "522322"),
        (date(2018, 12, 31), "兴仁市", "522302"),
        (date(1986, 12, 31), "兴义县", "522321"),
        (date(1988, 1, 1), "兴义市", "522301"),
    ],
)
def test_a_code_belongs_to_its_time(day: date, name: str, code: str) -> None:
    assert codes(day)[name] == code


def test_xingren_is_one_place_on_every_day() -> None:
    for year in range(1981, 2027):
        for month in range(1, 13):
            named = [name for name in codes(date(year, month, 1)) if name.startswith("兴仁")]
            assert len(named) == 1, (year, month)


def test_a_county_that_became_a_city_names_its_successor() -> None:
    assert {region.code: region.successor for region in TABLE if region.successor} == {
        "522321": "522301",
        "522322": "522302",
    }


def test_yilong_new_area_has_a_local_code_that_is_not_national() -> None:
    [zone] = [region for region in TABLE if not region.national]
    assert (zone.code, zone.name, zone.level) == ("5223YL", "义龙新区", "zone")
    assert all(region.code.isdigit() and len(region.code) == 6 for region in TABLE if region.national)
