"""What a browser sends back when somebody changes nothing in the form of a page."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.inside = 0  # of the form whose id ends with _form, as the admin's do
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name, value = has.get("name") or "", has.get("value") or ""
        if tag == "form":
            self.inside = (has.get("id") or "").endswith("_form")
        elif not self.inside:
            return
        elif tag == "input" and name and has.get("type") not in {"submit", "button"}:
            if has.get("type") not in {"checkbox", "radio"} or "checked" in has:
                self.found.setdefault(name, []).append(value or "on" * (has.get("type") == "checkbox"))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in has:
            self.found.setdefault(self.select, []).append(value)
        elif tag == "textarea":
            self.area = name
            self.found[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def filled_in(html: str) -> dict[str, list[str]]:
    fields = _Fields()
    fields.feed(html)
    return {name: values for name, values in fields.found.items() if "__prefix__" not in name}
