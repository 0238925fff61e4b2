"""The messages command: what it collects, what it keeps, what it refuses; and the project's own translations."""

import gettext
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template import Context, Template
from django.utils import translation

from common import messages
from common.messages import Text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("from django.utils.translation import gettext\ngettext('Unit')", Text("Unit")),
        ("from django.utils.translation import gettext_lazy as _\nname = _('Unit')", Text("Unit")),
        ("from django.utils.translation import gettext as _now\n_now('Unit')", Text("Unit")),
        ("from django.utils import translation\ntranslation.gettext('Unit')", Text("Unit")),
        ("def _(msgid):\n    return msgid\n\nNAMES = {'a': _('Unit')}", Text("Unit")),
        ("f'{_(\"Unit\")}: 1'", Text("Unit")),
        ("gettext_noop('Unit')", Text("Unit")),
        ("Column('<b>{{ a }}'\n'{% trans \"Unit\" %}</b>')", Text("Unit")),
        ("_(\n    'One file '\n    'of two lines'\n)", Text("One file of two lines")),
        ("ngettext('%(n)s unit', '%(n)s units', n)", Text("%(n)s unit", "%(n)s units")),
        ("ngettext_lazy('a unit', 'units', 'n')", Text("a unit", "units")),
        ("pgettext('month', 'May')", Text("May", None, "month")),
        ("pgettext_lazy('month', 'May')", Text("May", None, "month")),
        ("npgettext('file', 'row', 'rows', n)", Text("row", "rows", "file")),
    ],
)
def test_python(code, text):
    assert list(messages.from_python(code)) == [text]


@pytest.mark.parametrize(
    "code", ["gettext(self.msgid)", "_(f'{name}')", "_('')", "text = 'Unit'", "other('Unit')"]
)
def test_python_without_a_text(code):
    assert list(messages.from_python(code)) == []


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% translate 'Unit' %}", Text("Unit")),
        ('<p class="a">{% trans "Unit" as name %}</p>', Text("Unit")),
        ("{% translate 'May' context 'month' %}", Text("May", None, "month")),
        ("{% blocktranslate %}Unit of {{ town }}{% endblocktranslate %}", Text("Unit of %(town)s")),
        ("{% blocktranslate with a=b.c|lower %}No. {{ a }}{% endblocktranslate %}", Text("No. %(a)s")),
        ("{% blocktranslate trimmed %}\n    One\n    line\n{% endblocktranslate %}", Text("One line")),
        ("{% blocktranslate %}{{ done }}%{% endblocktranslate %}", Text("%(done)s%%")),
        ("{% blocktranslate context 'month' %}May{% endblocktranslate %}", Text("May", None, "month")),
        (
            "{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}",
            Text("%(n)s row", "%(n)s rows"),
        ),
        (
            "{% blocktranslate count n=x context 'file' %}row{% plural %}rows{% endblocktranslate %}",
            Text("row", "rows", "file"),
        ),
        ('{% firstof label _("Unit") %}', Text("Unit")),
        ('{{ label|default:_("Unit") }}', Text("Unit")),
        ('{{ _("Unit") }}', Text("Unit")),
        ("  {% if a %}\n{% endif %}\n {{ b }})(\n\t'{% translate 'Unit' %}\"", Text("Unit")),
    ],
)
def test_template(template, text):
    assert list(messages.from_template(template)) == [text]


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def project(tmp_path, settings):
    """A small project with one text of its own in code, and the same one in a template."""
    write(tmp_path, "app/__init__.py", "")
    write(tmp_path, "app/models.py", "_('Unit')\nngettext('%(n)s row', '%(n)s rows', n)\n")
    write(tmp_path, "app/migrations/__init__.py", "_('of a migration')")
    write(tmp_path, "tests/__init__.py", "_('of a test')")
    write(tmp_path, "scripts/loose.py", "_('no package')")
    write(tmp_path, "templates/a.html", "{% translate 'Unit' %}")
    write(tmp_path, "templates/picture.svg", "{% translate 'no template' %}")
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    write(tmp_path, "locale/zh_Hans/LC_MESSAGES/django.po", "")
    return tmp_path


def catalogue_of(project: Path) -> Path:
    return project / "locale/zh_Hans/LC_MESSAGES/django.po"


def translate(project: Path, **changes: str) -> None:
    """Fill in the project's catalogue, then replace pieces of its text."""
    call_command("messages", stdout=io.StringIO())
    text = catalogue_of(project).read_text(encoding="utf-8")
    text = text.replace('msgid "Unit"\nmsgstr ""', 'msgid "Unit"\nmsgstr "单位"')
    text = text.replace('msgstr[0] ""', 'msgstr[0] "%(n)s 行"')
    for old, new in changes.get("replace", ()):
        assert old in text
        text = text.replace(old, new)
    catalogue_of(project).write_text(text, encoding="utf-8")


def test_collects_the_projects_own_texts(project):
    entries = messages.collect(project)
    assert {key: entry.files for key, entry in entries.items()} == {
        ("", "Unit"): {"app/models.py", "templates/a.html"},
        ("", "%(n)s row"): {"app/models.py"},
    }


def test_a_broken_file_is_named(project):
    write(project, "app/broken.py", "_('Unit'")
    with pytest.raises(ValueError, match="app/broken.py"):
        messages.collect(project)


def test_the_catalogue(project):
    translate(project)
    assert catalogue_of(project).read_text(encoding="utf-8") == (
        "# Texts of InvestPro. `manage.py messages` merges what the code says; translate what is empty.\n"
        'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        '#: app/models.py\n#, python-format\nmsgid "%(n)s row"\nmsgid_plural "%(n)s rows"\nmsgstr[0] "%(n)s 行"\n\n'
        '#: app/models.py templates/a.html\nmsgid "Unit"\nmsgstr "单位"\n'
    )


def test_merging_keeps_translations_and_drops_what_is_gone(project):
    translate(project)
    before = catalogue_of(project).read_bytes()
    call_command("messages")
    assert catalogue_of(project).read_bytes() == before

    write(project, "app/models.py", "\n\n_('Officer')\npgettext('measure', 'Unit')\n")
    call_command("messages")
    text = catalogue_of(project).read_text(encoding="utf-8")
    assert '#: templates/a.html\nmsgid "Unit"\nmsgstr "单位"' in text
    assert 'msgctxt "measure"\nmsgid "Unit"\nmsgstr ""' in text
    assert 'msgid "Officer"\nmsgstr ""' in text
    assert "%(n)s" not in text
    assert "#~" not in text


def test_merging_keeps_a_translation_when_a_plural_comes_and_goes(project):
    translate(project)
    write(project, "app/models.py", "_('Unit')\n_('%(n)s row')\n")
    call_command("messages")
    assert 'msgid "%(n)s row"\nmsgstr "%(n)s 行"' in catalogue_of(project).read_text(encoding="utf-8")
    write(project, "app/models.py", "_('Unit')\nngettext('%(n)s row', '%(n)s rows', n)\n")
    call_command("messages")
    assert 'msgstr[0] "%(n)s 行"' in catalogue_of(project).read_text(encoding="utf-8")


def test_check_passes_and_writes_nothing(project, capsys):
    translate(project)
    before = catalogue_of(project).read_bytes()
    call_command("messages", "--check")
    assert capsys.readouterr().out == "locale/zh_Hans/LC_MESSAGES/django.po: 2 texts, 0 to mend\n"
    assert catalogue_of(project).read_bytes() == before


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("missing: 'Unit'", '#: app/models.py templates/a.html\nmsgid "Unit"\nmsgstr "单位"\n', ""),
        ("untranslated: 'Unit'", 'msgstr "单位"', 'msgstr ""'),
        ("untranslated: '%(n)s row'", 'msgstr[0] "%(n)s 行"', 'msgstr[0] " "'),
        ("fuzzy: 'Unit'", '#: app/models.py templates/a.html\nmsgid "Unit"', '#, fuzzy\nmsgid "Unit"'),
        ("placeholders: '%(n)s row'", "%(n)s 行", "%(m)s 行"),
        ("placeholders: '%(n)s row'", "%(n)s 行", "若干行"),
        ("placeholders: '%(n)s row'", "%(n)s 行", "%(n)s%，行"),
        ("placeholders: 'Unit'", "单位", "{}单位"),
        ("obsolete: 'Gone'", 'msgid "Unit"', 'msgid "Gone"\nmsgstr "无"\n\nmsgid "Unit"'),
        (
            "obsolete: 'Gone'",
            '#: app/models.py templates/a.html\nmsgid "Unit"',
            '#~ msgid "Gone"\n#~ msgstr "无"\n\nmsgid "Unit"',
        ),
        ("obsolete: '%(n)s row'", 'msgid_plural "%(n)s rows"', 'msgid_plural "%(n)s lines"'),
    ],
)
def test_check_fails(project, capsys, kind, old, new):
    translate(project, replace=[(old, new)])
    with pytest.raises(CommandError) as failure:
        call_command("messages", "--check")
    assert failure.value.returncode == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"locale/zh_Hans/LC_MESSAGES/django.po: {kind}")
    assert len(said) == 2


@pytest.mark.parametrize(
    ("english", "chinese", "fits"),
    [
        ("%s of %d", "%s，共 %d", True),
        ("%s of %d", "%d 之 %s", False),  # their order counts
        ("%(a)s of %(b)d", "%(b)d 之 %(a)s", True),
        ("%(size).1f GB", "%(size)s GB", False),
        ("%(done)s%%", "完成 %(done)s%%", True),
        ("50 % of all", "占 50 %", True),  # nothing is filled in here
        ("{name} in {year}", "{year} 年{name}", True),
        ("{name}", "{nome}", False),
    ],
)
def test_placeholders(english, chinese, fits):
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add(english, chinese)
    entries = {("", english): messages.Entry(Text(english))}
    assert [defect.kind for defect in messages.defects(entries, catalogue)] == (
        [] if fits else ["placeholders"]
    )


def test_compile(project, capsys):
    translate(project, replace=[('msgid "Unit"', '#, fuzzy\nmsgid "Unit"')])
    call_command("messages", "--compile")
    assert capsys.readouterr().out == "locale/zh_Hans/LC_MESSAGES/django.mo\n"
    with catalogue_of(project).with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    assert compiled.ngettext("%(n)s row", "%(n)s rows", 3) == "%(n)s 行"
    assert compiled.gettext("Unit") == "Unit"  # a guess is not shown


def test_pages_speak_both_languages(project, settings):
    translate(project)
    call_command("messages", "--compile", stdout=io.StringIO())
    settings.LOCALE_PATHS = list(settings.LOCALE_PATHS)  # tells Django to read the catalogues again
    page = Template("{% load i18n %}{% translate 'Unit' %}")
    with translation.override("zh-hans"):
        assert page.render(Context()) == "单位"
    with translation.override("en"):
        assert page.render(Context()) == "Unit"


def test_without_a_catalogue(project):
    catalogue_of(project).unlink()
    with pytest.raises(CommandError, match="no catalogue"):
        call_command("messages")


def test_the_translations_are_complete():
    """Every text of the product has its Chinese; nothing is left over, guessed or with other placeholders."""
    entries = messages.collect(settings.BASE_DIR)
    assert len(entries) > 500
    found = {
        path: messages.defects(entries, messages.read(path))
        for path in messages.catalogues(settings.LOCALE_PATHS)
    }
    assert [messages.language(path) for path in found] == ["zh_Hans"]
    assert [str(defect) for wrong in found.values() for defect in wrong] == []
