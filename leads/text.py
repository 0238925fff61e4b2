"""What is kept beside a name so that the database can sort, find and compare it (docs/algorithms/duplicates.md).

The search keys of a name, all in one array with one index:

    青屿   two neighbouring characters, of the whole name without blanks and punctuation
    ~qy   the initials of two neighbouring characters, in each of their readings
    =yu   one syllable, in each reading
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product
from typing import Any

from reference.pinyin import pinyin_key
from rules.similarity import bigrams, normal

INITIALS, SYLLABLE = "~", "="
DERIVED = ("pinyin", "normal", "grams")
# Every syllable of Mandarin without its tone.
_SPELLINGS = """
    a ai an ang ao e ei en eng er o ou
    ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu
    ca cai can cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai
    chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo
    da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo
    fa fan fang fei fen feng fo fou fu
    ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
    ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo
    ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun
    ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo
    la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun luo lv lve
    ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu
    na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nuo nv nve
    pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu
    qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun
    ran rang rao re ren reng ri rong rou ru ruan rui run ruo
    sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai
    shuan shuang shui shun shuo si song sou su suan sui sun suo
    ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo
    wa wai wan wang wei wen weng wo wu
    xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun
    ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
    za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai
    zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
"""
SYLLABLES = frozenset(_SPELLINGS.split())


def folded(name: str) -> str:
    """A name in one width and case, without blanks and punctuation; its legal form stays."""
    return normal(name, ())


@lru_cache(maxsize=16384)
def readings(char: str) -> tuple[str, ...]:
    """Every pinyin of a character without tones, the usual one first (单: dan, shan, chan). A letter or digit
    reads as itself, another sign as nothing."""
    from pypinyin import Style, pinyin  # late, as in reference/pinyin.py

    if not char.isascii():
        found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
        return tuple(dict.fromkeys(one for one in (found[0] if found else ()) if one.isascii()))
    return (char,)


def pairs(name: str) -> set[str]:
    """The distinct pairs of characters of a name as it is; one character stands for itself."""
    return set(bigrams(name))


def grams(name: str) -> list[str]:
    """All search keys of a name, sorted, each once. Empty for a blank name."""
    plain = folded(name)
    sounds = [readings(char) for char in plain]
    keys = pairs(plain) | pairs(normal(name))
    for left, right in pairwise(sounds):  # a sign without a sound breaks the row
        keys |= {f"{INITIALS}{a[0]}{b[0]}" for a, b in product(left, right)}
    keys |= {f"{SYLLABLE}{one}" for spoken in sounds for one in spoken if len(one) > 1}
    return sorted(keys)


def derive(row: Any) -> Any:
    """Fill the derived columns that the row has (pinyin, normal, grams) from its name. Returns the row."""
    fields = {field.name: field for field in row._meta.fields}
    if "pinyin" in fields:
        row.pinyin = pinyin_key(row.name)
    if "normal" in fields:
        row.normal = normal(row.name)[: fields["normal"].max_length]
    if "grams" in fields:
        row.grams = grams(row.name)
    return row


def derived(model: Any, name: str) -> dict[str, Any]:
    """The same columns as values for `common.services.create` and `update`."""
    row = derive(model(name=name))
    return {key: getattr(row, key) for key in DERIVED if hasattr(row, key)}
