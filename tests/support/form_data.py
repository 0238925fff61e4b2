"""What a browser would send of a form: read from the page's HTML, without any script."""

from html.parser import HTMLParser

from django.http import QueryDict

VOID = {"input", "br", "img", "meta", "link", "hr"}


class _Form(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__(convert_charrefs=True)
        self.form, self.inside = form, False
        self.pairs: list[tuple[str, str]] = []
        self.select: str | None = None
        self.options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form
        mine = self.inside or given.get("form") == self.form
        if tag == "select" and mine:
            self.select, self.options = given["name"], []
        elif tag == "option" and self.select is not None:
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "input" and mine and "name" in given and "disabled" not in given:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" not in given:
                return
            self.pairs.append((given["name"], given.get("value", "on" if kind == "checkbox" else "") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select is not None:
            chosen = [value for value, on in self.options if on] or [value for value, _on in self.options[:1]]
            self.pairs += [(self.select, value) for value in chosen[:1]]
            self.select = None


def form_data(html: str, form: str) -> QueryDict:
    """The successful controls of the form with this id, and of those elsewhere that belong to it."""
    parser = _Form(form)
    parser.feed(html)
    data = QueryDict(mutable=True)
    for name, value in parser.pairs:
        data.appendlist(name, value)
    return data
