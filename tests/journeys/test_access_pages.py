"""One's account, the audit log and a child's file in Chromium, against the whole house."""

import re

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.house import House
from tests.journeys.desk import accept_no_serious_finding, keep_picture, opened, sign_in, signed_in


def code_of(page: Page) -> str:
    """What the telephone would show for the secret that stands under the picture."""
    return pyotp.TOTP(page.locator("code").inner_text()).now()


def test_somebody_sets_up_a_second_factor_and_comes_back_with_a_recovery_code(chromium: Browser, house: House) -> None:
    with opened(chromium, house) as page:
        signed_in(page, house, "security", "/account")
        page.get_by_role("button", name="开始设置").click()
        expect(page.get_by_role("img", name="两步验证的二维码")).to_be_visible()
        keep_picture(page, "account-enrol")
        page.get_by_label("6 位验证码").fill(code_of(page))
        page.get_by_role("button", name="确认").click()
        expect(page.get_by_text("已开。恢复码还剩 10 个。")).to_be_visible()
        code, another = page.locator(".codes li").all_inner_texts()[:2]
        accept_no_serious_finding(page)
    with opened(chromium, house) as page:
        sign_in(page, "security")
        expect(page.get_by_text("请再填手机上的 6 位验证码。")).to_be_visible()
        keep_picture(page, "signin-code")
        page.locator("[name=code]").fill(code)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "signin" not in url)
        page.goto(f"{house.url}/account")
        expect(page.get_by_text("已开。恢复码还剩 9 个。")).to_be_visible()
        page.get_by_label("6 位验证码").fill(another)
        page.get_by_role("button", name="关掉两步验证").click()
        expect(page.get_by_role("button", name="开始设置")).to_be_visible()


def test_a_guardian_reads_the_file_withdraws_and_gives_consent_again(chromium: Browser, house: House) -> None:
    with opened(chromium, house, size="phone") as page:
        signed_in(page, house, "parent", "/children")
        page.get_by_role("button", name="看资料 韦朝阳").click()
        expect(page.get_by_text("这次查看已记入审计，监护人看得到。")).to_be_visible()
        expect(page.locator("summary", has_text="学校和班级")).to_be_visible()
        keep_picture(page, "child-phone")
        row = page.get_by_role("listitem").filter(has_text="录像")
        row.get_by_role("button", name="撤回").click()
        row.get_by_role("button", name="同意").click()
        expect(row.get_by_role("button", name="撤回")).to_be_visible()
        accept_no_serious_finding(page)


def test_the_auditor_finds_a_guardians_consent_and_opens_it(chromium: Browser, house: House) -> None:
    with house.api("parent") as parent:
        consent = f"/api/children/{parent.get('/api/children').json()['items'][0]['id']}/consents/recording"
        assert [parent.delete(consent).status_code, parent.post(consent).status_code] == [204, 204]
    with opened(chromium, house) as page:
        signed_in(page, house, "auditor", "/audit")
        page.get_by_placeholder("做了什么，如 lesson.create").fill("consent")
        expect(page.get_by_role("cell", name=re.compile("consent.give")).first).to_be_visible()
        page.get_by_role("row").filter(has_text="consent.give").first.get_by_role("button").click()
        expect(page.get_by_text("这次查看已记入审计。")).to_be_visible()
        expect(page.locator("pre").first).to_contain_text("recording")
        keep_picture(page, "audit")
        page.get_by_role("button", name="核对整条链").click()
        expect(page.get_by_text("完整").first).to_be_visible()
