"""Measures, ranking tables, reference data and a sent sheet, for tests."""

import io
from datetime import date
from decimal import Decimal
from functools import cache

import factory
from django.core.files.base import ContentFile
from openpyxl import Workbook

from assessments.models import GivenFigure, Measure, RankingTable
from common import clock, files
from common.models import ImportBatch, ImportFile, ImportRow
from reference.models import CalendarYear, Currency, ExchangeRate, Holiday
from tests.support.factories import (
    GroupFactory,
    RowFactory,
    UnitFactory,
)
from tests.support.factories_work import pdf

SOURCE = "国务院办公厅通知"


class MeasureFactory(RowFactory):
    class Meta:
        model = Measure
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"measure-{n}")
    name = factory.Sequence(lambda n: f"到位资金{n}")
    unit = "yuan"


class GivenFigureFactory(RowFactory):
    """85 marks of a jury for June 2026, with its sheet."""

    class Meta:
        model = GivenFigure
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    measure = factory.SubFactory(MeasureFactory)
    year, month, value = 2026, 6, Decimal(85)
    giver = factory.Sequence(lambda n: f"示例评委{n}")
    stored = factory.LazyFunction(lambda: files.store(pdf()))
    file_name = "标记评分表.pdf"
    entered_name = "标记人"
    recorded_at = factory.LazyFunction(clock.now)


class RankingTableFactory(RowFactory):
    class Meta:
        model = RankingTable
        skip_postgeneration_save = True

    group = factory.SubFactory(GroupFactory)
    measure = factory.SubFactory(MeasureFactory)
    code = factory.Sequence(lambda n: f"table-{n}")
    name = factory.Sequence(lambda n: f"排名{n}")


class HolidayFactory(RowFactory):
    class Meta:
        model = Holiday
        skip_postgeneration_save = True

    date = factory.Sequence(lambda n: date.fromordinal(date(2031, 1, 1).toordinal() + n))
    kind = "off"
    name = factory.Sequence(lambda n: f"节日{n}")
    source = SOURCE


class CalendarYearFactory(RowFactory):
    class Meta:
        model = CalendarYear
        skip_postgeneration_save = True

    year = factory.Sequence(lambda n: 2100 + n)
    source = SOURCE


class CurrencyFactory(RowFactory):
    class Meta:
        model = Currency
        skip_postgeneration_save = True
        django_get_or_create = ("code",)

    code = "USD"
    name_zh = "美元"
    name_en = "US dollar"
    pinyin = "meiyuan my"
    minor_units = 2


class ExchangeRateFactory(RowFactory):
    class Meta:
        model = ExchangeRate
        skip_postgeneration_save = True

    currency = factory.SubFactory(CurrencyFactory)
    kind = "day"
    date = factory.Sequence(lambda n: date.fromordinal(date(2025, 1, 1).toordinal() + n))
    rate = Decimal("7.1")
    source = SOURCE


def sheet(rows):
    """An .xlsx with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def one_figure():
    return sheet([["单位", "累计完成"], ["标记镇", 9050]])


def batch(unit, measure, state, **values):
    """An import of one sheet with one row, in a state of its course."""
    data = one_figure()
    sha = f"{ImportFile.objects.count():064d}"
    file = ImportFile(sha256=sha, size=len(data))
    file.content.save(sha, ContentFile(data), save=False)
    file.save()
    found = ImportBatch._base_manager.create(
        importer="figures",
        file=file,
        filename="标记.xlsx",
        sheet="Sheet",
        scope_path=unit.path,
        params={
            "year": 2026,
            "month": 6,
            "measures": [measure.code],
            "scale": "wan",
            "target_kind": "firm",
            "holds_from": 1,
            "implied": False,
        },
        columns={"0": "unit", "1": f"ytd:{measure.code}"},
        state=state,
        actor_name="周敏",
        **values,
    )
    ImportRow.objects.create(
        batch=found,
        number=2,
        cells={
            "unit": {"value": "标记镇", "ref": "A2"},
            f"ytd:{measure.code}": {"value": "9050", "ref": "B2"},
        },
        problems=[{"field": "unit", "ref": "A2", "message": "未知单位"}],
        result="wrong",
        fate="parked" if state == "confirmed" else "open",
    )
    return found
