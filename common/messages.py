"""The texts of the interface: collected from code and templates, kept in a catalogue, checked, compiled.

Texts are English in the code; `locale/<language>/LC_MESSAGES/django.po` holds the others. Everything is
Python (Babel), so no GNU gettext is needed (docs/adr/0005-messages-command.md). A catalogue is the same
bytes for the same texts: sorted, with file names but without line numbers, dates or people.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

Keyword = (
    tuple[int | tuple[int, int] | tuple[int, str], ...] | None
)  # where the texts stand, as Babel says it
_PLAIN: Keyword = (1,)
_PLURAL: Keyword = (1, 2)
_CONTEXT: Keyword = ((1, "c"), 2)
_CONTEXT_PLURAL: Keyword = ((1, "c"), 2, 3)
KEYWORDS: dict[str, Keyword] = {"_": _PLAIN, "gettext_noop": _PLAIN}
for _ending in ("", "_lazy"):
    KEYWORDS[f"gettext{_ending}"] = _PLAIN
    KEYWORDS[f"ngettext{_ending}"] = _PLURAL
    KEYWORDS[f"pgettext{_ending}"] = _CONTEXT
    KEYWORDS[f"npgettext{_ending}"] = _CONTEXT_PLURAL

NOT_OURS = {"tests", "benchmarks", "migrations"}  # folders whose texts nobody sees
TEMPLATE_ENDINGS = {".html", ".txt"}

# %(name)s, %s, %d, %5.1f and %%; a percent sign before a blank is a percent sign.
_PERCENT = re.compile(
    r"%(?:\((?P<name>\w+)\))?[#0\-+]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?P<kind>[diouxXeEfFgGcrsa%])"
)
_INLINE = re.compile(r"\{%\s*(?:block)?trans")
_BRACES = re.compile(r"\{\w*(?:![rsa])?(?::[^{}]*)?\}")
_HEADER = """\
# Texts of InvestPro. `manage.py messages` merges what the code says; translate what is empty.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"

"""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in the code: `msgid` in English, its `plural` and `context` where it has them."""

    msgid: str
    plural: str | None = None
    context: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Two texts with one key are one entry of a catalogue."""
        return (self.context or "", self.msgid)


@dataclass(slots=True)
class Entry:
    """A text and the files that use it, relative to the project."""

    text: Text
    files: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with one entry. `kind`: missing, untranslated, fuzzy, placeholders or obsolete."""

    kind: str
    text: Text
    detail: str = ""

    def __str__(self) -> str:
        context = f" [{self.text.context}]" if self.text.context else ""
        return f"{self.kind}: {self.text.msgid!r}{context}" + (f": {self.detail}" if self.detail else "")


# ---- collecting ----


def from_python(source: str) -> Iterator[Text]:
    """The texts marked in Python code, under whatever name a marker was imported.

    A module's own marker called `_` counts too, and a template written in the code. Raises SyntaxError.
    """
    tree = ast.parse(source)
    markers = dict(KEYWORDS)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            markers |= {a.asname: KEYWORDS[a.name] for a in node.names if a.asname and a.name in KEYWORDS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _INLINE.search(node.value):
            yield from from_template(node.value)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if name in markers:
                values = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
                if text := _marked(values, markers[name]):
                    yield text


def _marked(values: Sequence[object], keyword: Keyword) -> Text | None:
    """The text of one call; None where it isn't written there but handed in (`gettext(self.msgid)`)."""
    wanted = len(keyword or ())
    said = [value for value in values[:wanted] if isinstance(value, str)]
    if len(said) < wanted:
        return None
    context = said.pop(0) if keyword in (_CONTEXT, _CONTEXT_PLURAL) else None
    return Text(said[0], said[1] if len(said) > 1 else None, context) if said[0] else None


def from_template(source: str, origin: str | None = None) -> Iterator[Text]:
    """The texts of a Django template: translate, blocktranslate (plural, context, trimmed) and _("...")."""
    # Within one pair of brackets the indentation of what templatize leaves has no meaning to a tokenizer.
    code = "(" + templatize(source, origin=origin) + "\n)"
    found = extract_python(io.BytesIO(code.encode()), KEYWORDS, [], {"encoding": "utf-8"})
    for _line, name, said, _comments in found:
        if text := _marked([said] if isinstance(said, str) else said, KEYWORDS[str(name)]):
            yield text


def sources(base: Path) -> Iterator[Path]:
    """The project's own code and templates below `base`, sorted: packages and templates/, without tests."""
    for folder in sorted(base.iterdir()):
        if folder.name in NOT_OURS or not ((folder / "__init__.py").exists() or folder.name == "templates"):
            continue
        for file in sorted(folder.rglob("*")):
            inside = file.relative_to(base).parts
            ours = not NOT_OURS.intersection(inside)
            if ours and (file.suffix == ".py" or ("templates" in inside and file.suffix in TEMPLATE_ENDINGS)):
                yield file


def collect(base: Path) -> dict[tuple[str, str], Entry]:
    """Every text of the project at `base` with the files that use it. Raises ValueError naming a broken file."""
    entries: dict[tuple[str, str], Entry] = {}
    for file in sources(base):
        source, place = file.read_text(encoding="utf-8"), file.relative_to(base).as_posix()
        try:
            texts = list(from_python(source) if file.suffix == ".py" else from_template(source, place))
        except SyntaxError as problem:
            raise ValueError(f"{place}: {problem}") from problem
        for text in texts:
            entry = entries.setdefault(text.key, Entry(text))
            entry.files.add(place)
            if text.plural and not entry.text.plural:
                entry.text = text
    return entries


# ---- the catalogue ----


def catalogues(folders: Iterable[str | Path]) -> list[Path]:
    """The .po files of the locale folders, sorted."""
    return sorted(file for folder in folders for file in Path(folder).glob("*/LC_MESSAGES/django.po"))


def language(path: Path) -> str:
    """The language of a catalogue, as its folder says: locale/zh_Hans/LC_MESSAGES/django.po."""
    return path.parent.parent.name


def read(path: Path) -> Catalog:
    """The catalogue at `path`, empty where there is no file."""
    if not path.exists():
        return Catalog(locale=language(path))
    with path.open("rb") as stream:
        return read_po(stream, locale=language(path), abort_invalid=True)


def _text(message: Message) -> Text:
    if isinstance(message.id, str):
        return Text(message.id, None, message.context)
    return Text(message.id[0], message.id[1], message.context)


def _strings(message: Message) -> list[str]:
    """The translations of a message: one, or one for each plural form."""
    string = message.string or ""
    return [string] if isinstance(string, str) else [form or "" for form in string]


def merge(entries: dict[tuple[str, str], Entry], old: Catalog) -> Catalog:
    """A catalogue of exactly these texts, with the translations (and fuzzy marks) that `old` has for them."""
    known = {_text(message).key: message for message in old if message.id}
    new = Catalog(locale=old.locale)
    for key, entry in entries.items():
        before = known.get(key)
        strings = _strings(before) if before else [""]
        plural = entry.text.plural
        new.add(
            (entry.text.msgid, plural) if plural else entry.text.msgid,
            tuple((strings * new.num_plurals)[: new.num_plurals]) if plural else strings[0],
            locations=[(file, 1) for file in sorted(entry.files)],
            flags=before.flags if before else (),
            user_comments=before.user_comments if before else (),
            context=entry.text.context,
        )
    return new


def render(catalogue: Catalog, name: str) -> bytes:
    """The .po file of a catalogue in language `name`: sorted, without line numbers and dates."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False)
    header = _HEADER.format(language=name, forms=catalogue.num_plurals, rule=catalogue.plural_expr)
    return header.encode() + out.getvalue().strip() + b"\n"


def compile_catalogue(path: Path) -> Path:
    """Write the .mo beside the .po at `path`; fuzzy and empty entries stay out."""
    out = io.BytesIO()
    write_mo(out, read(path))
    compiled = path.with_suffix(".mo")
    part = compiled.with_suffix(".mo.part")
    part.write_bytes(out.getvalue())
    part.replace(compiled)
    return compiled


# ---- checking ----


def placeholders(text: str) -> tuple[frozenset[str], tuple[str, ...], frozenset[str], bool]:
    """What a text wants filled in: %(named)s, %s in their order, {braces}, and whether a lone % would break it."""
    named = frozenset(m[0] for m in _PERCENT.finditer(text) if m["name"])
    plain = tuple(m[0] for m in _PERCENT.finditer(text) if not m["name"] and m["kind"] != "%")
    lone = bool(named or plain) and "%" in _PERCENT.sub("", text)
    return named, plain, frozenset(_BRACES.findall(text)), lone


def defects(entries: dict[tuple[str, str], Entry], catalogue: Catalog) -> list[Defect]:
    """Everything that keeps a catalogue from being complete and safe, sorted by text."""
    messages = {_text(message).key: message for message in catalogue if message.id}
    found = [Defect("missing", entry.text) for key, entry in entries.items() if key not in messages]
    for key, message in messages.items():
        text = _text(message)
        if key not in entries or text.plural != entries[key].text.plural:
            found.append(Defect("obsolete", text, "the plural changed" if key in entries else ""))
        elif not all(string.strip() for string in _strings(message)):
            found.append(Defect("untranslated", text))
        else:
            if message.fuzzy:
                found.append(Defect("fuzzy", text))
            found += [Defect("placeholders", text, s) for s in _strings(message) if not _fits(text, s)]
    found += [
        Defect("obsolete", _text(message), "kept as a comment") for message in catalogue.obsolete.values()
    ]
    return sorted(found, key=lambda defect: (defect.text.key, defect.kind))


def _fits(text: Text, string: str) -> bool:
    """The same placeholders as the English; with a plural, those of either of its forms."""
    return placeholders(string) in {placeholders(form) for form in (text.msgid, text.plural) if form}
