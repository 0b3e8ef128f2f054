"""One person's way through the pages of an account, and their mail."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.servers import ChatServer


class Journey:
    """One person's browser, and their mail."""

    def __init__(self, browse: Browse, server: ChatServer, **options: Any) -> None:
        self.page: Page = browse(None, "/accounts/login/", server=server, **options)

    def fill(self, **fields: str) -> "Journey":
        for name, value in fields.items():
            self.page.locator(f"form.stack [name={name}]").fill(value)
        return self

    def press(self, label: str) -> "Journey":
        self.page.get_by_role("button", name=label, exact=True).or_(
            self.page.get_by_role("link", name=label, exact=True)
        ).first.click()
        return self

    def sees(self, text: str) -> "Journey":
        expect(self.page.locator("main.sheet, .shell").first).to_contain_text(text)
        return self

    def opens(self, path: str) -> "Journey":
        self.page.goto(path)
        return self

    def is_in(self) -> "Journey":
        expect(self.page.locator("#me")).to_be_visible()
        return self

    def signs_in(self, login: str, password: str) -> "Journey":
        return self.opens("/accounts/login/").fill(login=login, password=password).press("Sign in")

    def signs_out(self) -> "Journey":
        self.opens("/accounts/logout/").press("Sign out")
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()
        return self

    def confirms(self, password: str) -> "Journey":
        return self.sees("Is it you?").fill(password=password).press("Confirm")

    def mail(self, to: str, subject: str) -> str:
        """The text of the newest such mail, as the development mailbox shows it."""
        reading = self.page.context.new_page()
        reading.goto("/dev/mailbox/")
        mail = reading.locator("article", has_text=f"To {to}").filter(has_text=subject).first
        text = mail.locator("pre").inner_text()
        reading.close()
        return text

    def code(self, to: str, subject: str) -> str:
        found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)*)\s*$", self.mail(to, subject), re.MULTILINE)
        assert found
        return found[1]

    def link(self, to: str, subject: str) -> str:
        found = re.search(r"http://localhost:\d+(/accounts/\S+)", self.mail(to, subject))
        assert found
        return found[1]
