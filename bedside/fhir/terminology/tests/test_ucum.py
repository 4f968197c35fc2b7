"""Units of UCUM: what is one, what converts into what, and what never does."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bedside.fhir.terminology.ucum import canonical, convert, find_unit, is_valid
from bedside.fhir.terminology.ucum_terms import ATOMS, PREFIXES

# Sources: NIST SP 811 (2008) appendix B; SI brochure, 9th edition; UCUM 2.2 where a unit is UCUM's own.
KNOWN = """
    1       kg              g               1000
    1       t               kg              1000
    250     ug              mg              0.25
    1       ng              pg              1000
    1       [lb_av]         g               453.59237
    1       [oz_av]         g               28.349523125
    1       [gr]            mg              64.79891
    1       [stone_av]      kg              6.35029318
    1       [oz_tr]         g               31.1034768
    1       [lb_tr]         g               373.2417216
    1       [car_m]         mg              200
    1       [in_i]          cm              2.54
    6       [ft_i]          m               1.8288
    1       [yd_i]          m               0.9144
    1       [mi_i]          km              1.609344
    1       [nmi_i]         m               1852
    1       Ao              nm              0.1
    1       L               m3              0.001
    1       L               l               1
    1       dL              mL              100
    1       mL              cm3             1
    1       uL              mm3             1
    1       [gal_us]        L               3.785411784
    1       [qt_us]         mL              946.352946
    1       [pt_us]         mL              473.176473
    1       [foz_us]        mL              29.5735295625
    1       [tbs_us]        mL              14.78676478125
    1       [tsp_us]        mL              4.92892159375
    1       [cup_us]        mL              236.5882365
    1       [gal_br]        L               4.54609
    1       [pt_br]         mL              568.26125
    1       [foz_br]        mL              28.4130625
    1       [tsp_m]         mL              5
    1       [tbs_m]         mL              15
    1       [cup_m]         mL              240
    1       [foz_m]         mL              30
    20      [drp]           mL              1
    1       h               min             60
    1       d               h               24
    1       wk              d               7
    1       a               d               365.25
    1       mo              d               30.4375
    1       ms              us              1000
    60      /min            Hz              1
    90      /min            /s              1.5
    37      Cel             K               310.15
    98.6    [degF]          Cel             37.0
    100.4   [degF]          Cel             38
    -40     [degF]          Cel             -40
    0       Cel             [degF]          32
    32      [degF]          K               273.15
    491.67  [degR]          K               273.15
    80      [degRe]         Cel             100
    1       bar             kPa             100
    1       atm             Pa              101325
    1       mm[Hg]          Pa              133.322
    120     mm[Hg]          kPa             15.99864
    1       cm[H2O]         Pa              98.0665
    1       dyn/cm2         Pa              0.1
    1       J               N.m             1
    1       kcal            kJ              4.184
    1       [Cal]           kcal            1
    1       cal_IT          J               4.1868
    1       erg             J               0.0000001
    1       W               J/s             1
    1       kW.h            MJ              3.6
    1       dyn             N               0.00001
    1       gf              N               0.00980665
    1       P               Pa.s            0.1
    1       St              m2/s            0.0001
    1       Gy              J/kg            1
    1       RAD             cGy             1
    1       Sv              mSv             1000
    1       REM             mSv             10
    1       Ci              GBq             37
    1       mCi             MBq             37
    1       G               uT              100
    1       V               mV              1000
    1       Ohm             V/A             1
    1       S               Ohm-1           1
    90      mg/dL           g/L             0.9
    1       mg/mL           g/L             1
    1       g/dL            mg/mL           10
    1       ng/mL           ug/L            1
    1       pg/mL           ng/L            1
    1       ng/dL           pg/mL           10
    1       g%              g/dL            1
    5.5     mmol/L          umol/L          5500
    1       mol/L           mmol/mL         1
    1       nmol/L          pmol/mL         1
    48      mmol/mol        mol/mol         0.048
    1       meq/L           eq/m3           1
    290     mosm/kg         osm/kg          0.290
    1       kat             mol/s           1
    60      U/L             umol/L/h        3600
    1       U               nkat            16.66666666666666666666666666666667
    1       k[IU]/L         [iU]/L          1000
    1       m[IU]/L         u[IU]/mL        1
    1       10*3/uL         10*9/L          1
    4.5     10*12/L         10*6/uL         4.5
    7.2     10*3{cells}/uL  /nL             7.2
    45      %               1               0.45
    5       [ppm]           %               0.0005
    70      kg/m2           g/cm2           7
    10      mL/min          L/h             0.6
    1       mL/min/kg       mL/(min.kg)     1
    1       [MET]           mL/(kg.min)     3.5
    90      mL/min/{1.73_m2} mL/min         90
    1       mg/kg/d         ug/g/(24.h)     1
    100     m/s             km/h            360
    1       [psi]           kPa             6.89475729316836133672267344534689
    180     deg             rad             3.141592653589793238462643383279503
    2       [LPF]           [HPF]           200
    1       By              bit             8
    1       KiBy            By              1024
"""
ROWS = [tuple(line.split()) for line in KNOWN.strip().splitlines()]


@pytest.mark.parametrize(("value", "from_unit", "to_unit", "expected"), ROWS)
def test_a_known_conversion_is_exact(value: str, from_unit: str, to_unit: str, expected: str) -> None:
    found = convert(Decimal(value), from_unit, to_unit)
    assert found is not None
    assert abs(found - Decimal(expected)) <= abs(Decimal(expected)) * Decimal("1e-32")


def test_there_are_enough_known_conversions_to_trust_the_table() -> None:
    assert len(ROWS) >= 80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mmol/L", "mg/dL"),
        ("mmol", "mg"),
        ("[iU]/L", "U/L"),
        ("[iU]", "1"),
        ("[iU]", "[arb'U]"),
        ("[USP'U]", "[iU]"),
        ("mol", "1"),
        ("meq/L", "mmol/L"),
        ("osm", "mol"),
        ("[HPF]", "1"),
        ("kg", "m"),
        ("deg", "1"),
        ("Cel", "m"),
        ("[pH]", "mol/L"),
        ("dB", "1"),
        ("[CFU]/mL", "/mL"),
        ("rad", "Cel"),
        ("nonsense", "m"),
        ("m", "nonsense"),
    ],
)
def test_what_counts_something_else_never_converts(one: str, other: str) -> None:
    assert convert(Decimal(1), one, other) is None
    if is_valid(one) and is_valid(other):
        assert canonical(Decimal(1), one)[1] != canonical(Decimal(1), other)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    "unit",
    [
        "1", "%", "{score}", "/min", "/[HPF]", "10*9/L", "10^3", "10*-6", "m+2", "kg/m2", "mg/dL", "mm[Hg]", "cm[H2O]",
        "Cel", "mCel", "[degF]", "[pH]", "dB[SPL]", "B[10.nV]", "cal_[15]", "%[slope]", "[m/s2/Hz^(1/2)]", "''",
        "mL/min/{1.73_m2}", "U/(10.g){feces}", "g/kg/(8.h){shift}", "10.uN.s/(cm5.m2)", "[Amb'a'1'U]", "((m))", "dar",
    ],
)  # fmt: skip
def test_what_ucum_allows_is_a_unit(unit: str) -> None:
    assert is_valid(unit)


@pytest.mark.parametrize(
    "unit",
    [
        "", " ", "m s", "mg / dL", "MG/DL", "µg", "m²", "١", "bananas", "k", "kk", "k[degF]", "k[in_i]", "2m", "0.5",
        "m.", "m/", "m//s", "(m", "m)", "()", "[x", "{", "{a}{b}", "m{a}{b}", "{ä}", "m0", "m100", "0", "m-", "Cel/min",
        "Cel2", "2.[pH]", "/[degF]", "(m/s)2", "a" * 201, "(" * 20 + "m" + ")" * 20, "m\x00", "mmHg", "Torr", "10**3",
    ],
)  # fmt: skip
def test_what_ucum_does_not_allow_is_no_unit(unit: str) -> None:
    assert not is_valid(unit)
    assert canonical(Decimal(1), unit) is None


def test_every_unit_of_the_table_reads_and_comes_down_to_its_dimensions() -> None:
    grounds = {code for code, atom in ATOMS.items() if atom.kind in ("base", "apart", "scale")}
    for code in ATOMS:
        unit = find_unit(code)
        assert unit is not None, code
        assert {part for part, _ in unit.dimensions} <= grounds


def test_the_same_amount_has_the_same_canonical_form_however_it_is_written() -> None:
    forms = {canonical(Decimal(v), u) for v, u in (("5.40", "mmol/L"), ("5400", "umol/L"), ("0.0054", "mol/L"))}
    assert forms == {(Decimal("5.4"), "m-3.mol")}


def test_a_stroke_divides_by_the_next_unit_only() -> None:
    assert canonical(Decimal(1), "kg/m.s") == (Decimal(1000), "g.m-1.s")
    assert canonical(Decimal(1), "kg/(m.s)") == (Decimal(1000), "g.m-1.s-1")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+999999"])
def test_what_is_no_number_or_too_large_to_write_has_no_canonical_form(value: str) -> None:
    assert canonical(Decimal(value), "Ym9") is None
    assert convert(Decimal(value), "Ym9", "m9") is None


_METRIC = sorted(code for code, atom in ATOMS.items() if atom.takes_prefix and atom.kind == "unit")
_UNITS = sorted(code for code, atom in ATOMS.items() if atom.kind in ("unit", "base", "apart"))


@st.composite
def _expressions(draw: st.DrawFn) -> str:
    words = ""
    for at in range(draw(st.integers(1, 4))):
        prefix = draw(st.sampled_from(["", *PREFIXES])) if draw(st.booleans()) else ""
        code = prefix + draw(st.sampled_from(_METRIC)) if prefix else draw(st.sampled_from(_UNITS))
        exponent = draw(st.sampled_from(["", "2", "3", "-1", "-2"]))
        words += (draw(st.sampled_from("./")) if at else "") + code + ("" if code.startswith("10") else exponent)
    return words


@settings(deadline=None)
@given(_expressions(), st.decimals(min_value="-1e9", max_value="1e9", places=4))
def test_into_base_units_and_back_is_the_same_value(unit: str, value: Decimal) -> None:
    found = canonical(value, unit)
    assert found is not None
    back = convert(found[0], found[1], unit)
    assert back is not None
    assert abs(back - value) <= abs(value) * Decimal("1e-30")


@settings(deadline=None)
@given(_expressions(), _expressions())
def test_units_with_one_canonical_name_convert_both_ways_and_others_neither(one: str, other: str) -> None:
    there, back = convert(Decimal(1), one, other), convert(Decimal(1), other, one)
    same = canonical(Decimal(1), one)[1] == canonical(Decimal(1), other)[1]  # type: ignore[index]
    assert (there is not None) == (back is not None) == same


@settings(deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="mgLskCel[]{}()./+-*^0123456789'%", max_size=40))
def test_no_text_breaks_the_reader(words: str) -> None:
    assume(words)
    assert is_valid(words) in (True, False)
    found = canonical(Decimal("1.5"), words)
    assert found is None or found[0].is_finite()
