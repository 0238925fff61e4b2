"""Rows of leads to test with, written past the services. Names and numbers are invented."""

from datetime import timedelta
from decimal import Decimal

import factory

from common import clock
from leads.models import Contact, Introducer, Investor, Lead, OfferedProject, Stage, StageReason
from leads.text import derive
from reference.models import HOME_CURRENCY, Currency
from tests.support.factories import OfficerFactory, RowFactory, UnitFactory

# (code, name, kind): the ladder of leads as shipped, without what its stages ask for.
LEAD_STAGES = (
    ("registered", "登记", "open"),
    ("screened", "研判", "open"),
    ("negotiating", "在谈", "open"),
    ("visiting", "考察", "open"),
    ("intent", "意向", "open"),
    ("ready", "拟签约", "open"),
    ("signed", "已签约", "won"),
    ("suspended", "暂缓", "held"),
    ("lost", "流失", "ended"),
)


def yuan():
    """The currency that amounts are in unless said otherwise."""
    values = {"name_zh": "人民币", "name_en": "yuan", "pinyin": "renminbi rmb", "minor_units": 2}
    return Currency._base_manager.get_or_create(code=HOME_CURRENCY, defaults=values)[0]


class StageFactory(RowFactory):
    """A stage; one that is there already (loaded from the shipped data) is taken as it is."""

    class Meta:
        model = Stage
        skip_postgeneration_save = True
        django_get_or_create = ("pipeline", "code")

    pipeline = "lead"
    code = "registered"
    name = "登记"
    kind = "open"
    sort = 10


class StageReasonFactory(RowFactory):
    class Meta:
        model = StageReason
        skip_postgeneration_save = True
        django_get_or_create = ("stage", "code")

    stage = factory.LazyFunction(lambda: lead_stage("lost"))
    code = "elsewhere"
    name = "落户外地"


def lead_stages():
    """The ladder of leads by code; rows that are missing are made."""
    return {
        code: StageFactory(code=code, name=name, kind=kind, sort=10 * number)
        for number, (code, name, kind) in enumerate(LEAD_STAGES, 1)
    }


def lead_stage(code="registered"):
    """One stage of the ladder of leads."""
    number, (_code, name, kind) = next((n, line) for n, line in enumerate(LEAD_STAGES, 1) if line[0] == code)
    return StageFactory(code=code, name=name, kind=kind, sort=10 * number)


class NamedFactory(RowFactory):
    """Derived columns follow the name."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        row = derive(model_class(name=kwargs["name"]))
        found = {k: getattr(row, k) for k in ("pinyin", "normal", "grams") if hasattr(row, k)}
        return super()._create(model_class, *args, **{**found, **kwargs})


class InvestorFactory(NamedFactory):
    class Meta:
        model = Investor
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"示例第{n}实业有限公司")


class ContactFactory(RowFactory):
    class Meta:
        model = Contact
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    investor = factory.SubFactory(InvestorFactory, unit=factory.SelfAttribute("..unit"))
    name = factory.Sequence(lambda n: f"联系人{n}")
    title = "总经理"
    phone = "13812345678"
    email = "nobody@example.com"


class IntroducerFactory(NamedFactory):
    class Meta:
        model = Introducer
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    kind = "person"
    name = factory.Sequence(lambda n: f"引荐人{n}")
    phone = "13987654321"
    outside = True


class OfferFactory(NamedFactory):
    class Meta:
        model = OfferedProject
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"示例第{n}产业园")
    amount = Decimal(50_000_000)  # yuan
    currency = factory.LazyFunction(yuan)


class LeadFactory(NamedFactory):
    """A lead that was registered today and is held. `officer=None` and `custody="pool"` put it into the pool."""

    class Meta:
        model = Lead
        skip_postgeneration_save = True

    unit = factory.SubFactory(UnitFactory)
    officer = factory.SubFactory(OfficerFactory, unit=factory.SelfAttribute("..unit"))
    investor = factory.SubFactory(InvestorFactory, unit=factory.SelfAttribute("..unit"))
    number = factory.Sequence(lambda n: f"T2026-{n:06d}")
    name = factory.Sequence(lambda n: f"示例第{n}项目")
    amount = Decimal(120_000_000)  # yuan
    currency = factory.LazyFunction(yuan)
    source = "approach"
    stage = factory.LazyFunction(lead_stage)
    stage_on = factory.LazyFunction(clock.today)
    last_sign_on = factory.LazyFunction(clock.today)
    protected_from = factory.LazyFunction(clock.today)
    protected_until = factory.LazyFunction(lambda: clock.today() + timedelta(days=90))
    registered_at = factory.LazyFunction(clock.now)
    registered_by = "tests"
