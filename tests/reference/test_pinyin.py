from reference.pinyin import pinyin_key


def test_full_and_initials():
    assert pinyin_key("安徽省") == "anhuisheng ahs"


def test_reading_depends_on_the_word():
    assert pinyin_key("重庆市").startswith("chongqing")


def test_punctuation_is_dropped():
    assert pinyin_key("农、林、牧、渔业") == "nonglinmuyuye nlmyy"


def test_sorts_chinese_names():
    assert sorted(["浙江省", "安徽省", "江苏省"], key=pinyin_key) == ["安徽省", "江苏省", "浙江省"]
