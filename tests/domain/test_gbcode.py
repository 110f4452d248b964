"""Codes of GB/T 28181: what is read is what was built, and what is wrong is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallclient.domain import gbcode
from wallclient.domain.gbcode import CodeFlaw, Tier


def test_the_fields_of_a_code():
    code = gbcode.parse("34020000001320000001")
    assert (code.center, code.industry, code.type, code.network, code.serial) == ("34020000", 0, 132, 0, 1)
    assert code.civil_code == "3402"
    assert code.tier is Tier.CITY
    assert code.sip_domain == "3402000000"
    assert code.is_camera
    assert code.province_label == ("安徽", "Anhui")
    assert code.type_label == ("网络摄像机", "Network camera")
    assert code.industry_label is not None
    assert code.industry_label.zh.startswith("社会治安")
    assert code.network_label.en == "Public-security video network"


@pytest.mark.parametrize(
    ("center", "tier", "civil"),
    [
        ("50000000", Tier.PROVINCE, "50"),
        ("50010000", Tier.CITY, "5001"),
        ("50010300", Tier.DISTRICT, "500103"),
        ("50010307", Tier.UNIT, "50010307"),
    ],
)
def test_tiers(center, tier, civil):
    code = gbcode.parse(gbcode.build(center, industry=0, type=200, network=0, serial=1))
    assert (code.tier, code.civil_code) == (tier, civil)


@given(
    st.from_regex(r"[0-9]{8}", fullmatch=True).filter(str.isascii),
    st.integers(0, 99),
    st.integers(0, 999),
    st.integers(0, 9),
    st.integers(0, 999_999),
)
def test_what_is_built_is_read_back(center, industry, type_, network, serial):
    text = gbcode.build(center, industry=industry, type=type_, network=network, serial=serial)
    assert len(text) == 20
    code = gbcode.parse(text)
    assert (code.center, code.industry, code.type, code.network, code.serial) == (
        center,
        industry,
        type_,
        network,
        serial,
    )
    assert str(code) == text


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("3402000000132000000", CodeFlaw.LENGTH),
        ("340200000013200000011", CodeFlaw.LENGTH),
        ("", CodeFlaw.NOT_DIGITS),
        ("3402000000132000000x", CodeFlaw.NOT_DIGITS),
        ("３４０２００００００１３２０００００１", CodeFlaw.NOT_DIGITS),
        ("99020000001320000001", CodeFlaw.PROVINCE),
        ("34000200001320000001", CodeFlaw.GAP_IN_CENTER),
        ("34020000991320000001", CodeFlaw.INDUSTRY),
        ("34020000000990000001", CodeFlaw.TYPE),
    ],
)
def test_flaws_are_named(text, flaw):
    assert gbcode.flaws(text) == (flaw,)


@given(st.text(max_size=30))
def test_any_text_is_judged(text):
    if gbcode.flaws(text) in ((CodeFlaw.LENGTH,), (CodeFlaw.NOT_DIGITS,)):
        with pytest.raises(ValueError, match="not a code"):
            gbcode.parse(text)
    else:
        gbcode.parse(text)


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match="out of range"):
        gbcode.build("50", industry=0, type=1000, network=0, serial=1)
    with pytest.raises(ValueError, match="center code"):
        gbcode.build("501", industry=0, type=132, network=0, serial=1)
