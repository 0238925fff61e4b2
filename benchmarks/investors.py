"""Finding investors among 200,000: the picker and the duplicate check, as a ratio to two floors of the same run.

Run: python -m benchmarks.investors [investors]. Uses DATABASE_URL (a server on which databases may be made) or the
embedded server. The floors are one row by its key (a round trip) and the plain ILIKE over all names, which is what
every search would cost without the index. Names are invented from a list of words. The goal is a p95 below 50 ms on a
quiet machine: beside the times stand the processor's (ours + the server's, a mean), which waiting doesn't count, and
at the end what was stolen from this machine and what others used of it meanwhile.
"""

import io
import os
import random
import statistics
import sys
import time
from collections import namedtuple
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.scratch import database
from benchmarks.steal import ticks

TIMES = 100
GOAL = 50  # ms


def words(text):
    return text.split()


PLACES = words(
    "云川 青石 丹麓 白槐 柳溪 松原 望江 临湖 岚山 石桥 南浦 东陵 西坪 北塘 古渡 新桥 龙潭 凤台 月湾 沙洲 金坪 银滩 桐城 "
    "梅岭 竹溪 荷塘 芦荡 鹤湖 雁门 鹿山 马渡 牛首 羊角 虎丘 象山 鲸湾 鲤城 燕矶 莺落 蝶谷"
)
FIRST = "青海云星和沐禾枫远北海松江示晨曦瑞鼎恒泰嘉盛弘毅博雅锦程凌霄翰墨卓越启航腾蛟汇川聚源天禄宏图"
SECOND = "屿棠杉渚川阳谷叶桥辰原楠例光微达丰隆信诚和美远志华胜通安康宁利源德业基石舟帆翼澜"
TRADES = words(
    "科技 科技 科技 科技 新材料 新材料 实业 智能科技 电子 机械 食品 生物科技 能源 新能源 环保科技 光学 包装 物流 纺织 "
    "化工 医药 医疗器械 信息技术 自动化设备 精密制造 汽车零部件 建材 农业科技 文化传媒 半导体 储能技术 工业设计"
)
FORMS = words("有限公司 有限公司 有限公司 有限公司 股份有限公司 有限责任公司 集团有限公司")
Actor = namedtuple("Actor", "pk actor_name is_system places")
Actor.grants = lambda self: self.places


def names(count, rng):
    for _n in range(count):
        place = rng.choice(PLACES) if rng.random() < 0.6 else ""
        brand = rng.choice(FIRST) + rng.choice(SECOND) + (rng.choice(FIRST) if rng.random() < 0.3 else "")
        yield f"{place}{brand}{rng.choice(TRADES)}{rng.choice(FORMS)}"


def copy(cursor, table, columns, rows):
    """COPY, without the triggers of the change log."""
    text = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", text)
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fill(count, rng):
    """One city, 300 units below it, the investors, and a lead for every tenth of them."""
    from django.db import connection

    from leads.text import derive

    now = datetime(2026, 11, 1, tzinfo=UTC).isoformat()
    stamp = ("version", "created_at", "updated_at")
    with connection.cursor() as cursor:
        units = [(1, 1, now, now, "000001.", "city", "云川市", "yunchuanshi", "city", 0, "\\N")]
        units += [
            (n, 1, now, now, f"000001.{n:06d}.", f"u{n}", f"第{n}镇", "zhen", "town", 0, 1)
            for n in range(2, 302)
        ]
        unit_columns = (
            "id",
            *stamp,
            "path",
            "code",
            "name",
            "pinyin",
            "kind",
            "sort",
            "parent_id",
            "short_name",
        )
        copy(cursor, "org_unit", unit_columns, [(*unit, "") for unit in units])
        row = namedtuple("row", "name")
        columns = ("id", *stamp, "unit_id", "name", "short_name", "pinyin", "normal", "grams", "credit_code")
        columns += ("zone", "country", "honours", "note")
        rows, found = [], []
        from leads.models import Investor

        for pk, name in enumerate(names(count, rng), start=1):
            one = derive(Investor(name=name))
            keys = "{" + ",".join(f'"{key}"' for key in one.grams) + "}"
            code = f"91{pk:016d}" if pk % 3 else ""
            about = (2 + pk % 300, name, "", one.pinyin, one.normal, keys, code, "abroad", "", "", "")
            rows.append((pk, 1, now, now, *about))
            found.append(row(name))
        cursor.execute("DROP INDEX lds_investor_grams_ix")
        start = time.perf_counter()
        copy(cursor, "lds_investor", columns, rows)
        copied = time.perf_counter() - start
        cursor.execute("CREATE INDEX lds_investor_grams_ix ON lds_investor USING gin (grams)")
        indexed = time.perf_counter() - start - copied
        fill_leads(cursor, count, now, stamp)
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_relation_size('lds_investor_grams_ix') / 1048576")
        size = cursor.fetchone()[0]
    print(f"{count:,} investors copied in {copied:.1f} s, index of {size} MB built in {indexed:.1f} s")
    return [one.name for one in found]


def fill_leads(cursor, count, now, stamp):
    from common.actors import System
    from leads import shipping

    currency = ("CNY", "人民币", "yuan", "renminbi rmb", 2, 1, now, now)
    columns = ("code", "name_zh", "name_en", "pinyin", "minor_units", *stamp)
    copy(cursor, "ref_currency", columns, [currency])
    shipping.load(actor=System("benchmark"))
    cursor.execute("SELECT min(id) FROM lds_stage WHERE pipeline = 'lead'")
    stage = cursor.fetchone()[0]
    columns = (
        "id", *stamp, "number", "unit_id", "name", "pinyin", "normal", "grams", "investor_id", "sector",
        "currency_id", "source", "next_step", "custody", "claimed", "code_name", "note", "registered_at",
        "registered_by", "stage_id", "stage_on",
    )  # fmt: skip
    rows = (
        (
            n, 1, now, now, f"B{n}", 2 + n % 300, "扩建项目", "kuojian", "扩建项目", "{}", n * 10, "", "CNY",
            "approach", "", "held", "f", "", "", now, "bench", stage, "2026-11-01",
        )
        for n in range(1, count // 10)
    )  # fmt: skip
    copy(cursor, "lds_lead", columns, rows)


def spent():
    """Seconds of the processor that we and our connection's server process have used; the latter 0 elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    servers = sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) if stat.exists() else 0
    return time.process_time(), servers / os.sysconf("SC_CLK_TCK")


def measure(label, work, terms, floors):
    """Print the times of `work` over the terms: median and p95 in ms, the processor's time, and p95 as a ratio to each
    floor."""
    work(terms[0])
    taken = []
    before = spent()
    for term in terms:
        start = time.perf_counter()
        work(term)
        taken.append((time.perf_counter() - start) * 1000)
    ours, servers = ((now - then) * 1000 / len(terms) for then, now in zip(before, spent(), strict=True))
    middle = statistics.median(taken)
    last = statistics.quantiles(taken, n=20)[-1]
    ratios = "".join(f"  ×{last / floor:7.1f} of {name}" for name, floor in floors.items())
    print(
        f"{label:44} median {middle:7.2f} ms  p95 {last:7.2f} ms  cpu {ours:5.1f} + {servers:5.1f} ms{ratios}",
        flush=True,
    )
    return middle, last


def run(count):
    from common.actors import Grant
    from leads.duplicates import candidates, search_investors, warnings_for
    from leads.duplicates.blocking import frequencies, nearest
    from leads.models import Investor
    from leads.text import readings
    from rules.similarity import LeadLike

    rng = random.Random(2026)
    every = fill(count, rng)
    bureau = Actor(1, "bureau", False, (Grant("bureau_staff", 1, "000001."),))
    officer = Actor(2, "officer", False, (Grant("officer", 7, "000001.000007."),))
    some = [rng.choice(every) for _n in range(TIMES)]
    brands = [rng.choice(FIRST) + rng.choice(SECOND) for _n in range(TIMES)]
    common = ["科技", "有限", "公司", "新材", "材料", "股份", "云川", "能源"] * (TIMES // 8)
    sounds = ["".join(readings(char)[0] for char in name[:3]) for name in some]
    initials = ["".join(readings(char)[0][0] for char in name[:4]) for name in some]
    rows = Investor.objects.unscoped(reason="benchmark")

    began, used = ticks(), spent()
    floors = {}
    keys = [rng.randrange(1, count) for _n in range(TIMES)]
    floors["key"] = measure("floor: one row by its key", lambda pk: rows.get(pk=pk), keys, {})[0]
    floors["scan"] = measure(
        "floor: ILIKE scan of all names",
        lambda term: list(rows.filter(name__icontains=term, note="-")[:10]),
        brands[:20],
        {},
    )[0]
    worst = 0.0

    def case(label, work, terms):
        nonlocal worst
        worst = max(worst, measure(label, work, terms, floors)[1])

    for who, actor in (("bureau", bureau), ("officer", officer)):
        for label, terms in (
            ("two characters", brands),
            ("a very common term", common),
            ("one character", list(FIRST) + list(SECOND)),
            ("four characters", [name[:4] for name in some]),
            ("initials", initials),
            ("two initials", [letters[:2] for letters in initials]),
            ("full pinyin", sounds),
            ("credit code", [f"91{pk:016d}"[:16] for pk in keys]),
        ):
            case(f"picker ({who}): {label}", lambda term, a=actor: search_investors(a, term), terms)
    often = frequencies()
    plain = [f"{rng.choice(PLACES)}科技有限公司" for _n in range(TIMES)]
    case("candidates, names as they are", lambda name: nearest([name], often=often), some)
    case("reading the statistics, every few minutes", lambda _name: frequencies(), some)
    case("candidates, of nothing but common words", lambda name: nearest([name], often=often), plain)
    case(
        "whole duplicate check while typing",
        lambda name: candidates(officer, LeadLike(investor_name=name, name="扩建")),
        some,
    )
    typed = [LeadLike(investor_name=rng.choice(every)) for _n in range(200)]
    start = time.perf_counter()
    warnings_for(officer, typed)
    print(f"import of {len(typed)} rows: {(time.perf_counter() - start) * 1000 / len(typed):.2f} ms a row")
    everything, idle, stolen = (now - then for then, now in zip(began, ticks(), strict=True))
    mine = sum(now - then for then, now in zip(used, spent(), strict=True)) * os.sysconf("SC_CLK_TCK")
    if everything:
        others = max(everything - idle - stolen - mine, 0)
        print(f"the machine: {stolen / everything:.1%} stolen, {others / everything:.0%} used by others")
    print(f"worst p95 {worst:.1f} ms, goal {GOAL} ms: {'reached' if worst < GOAL else 'MISSED'}")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with database():
        run(count)


if __name__ == "__main__":
    main()
