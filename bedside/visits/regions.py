"""Where a patient can say they are: states and provinces by country, with the codes the law uses.

Source: ISO 3166-2 (2020). Names are written as their people write them, so they are not translated.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

COUNTRIES = {"US": _("United States"), "MX": _("Mexico"), "CA": _("Canada")}

_US = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|GU Guam|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|"
    "KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|"
    "MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|"
    "NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|"
    "RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|"
    "VI Virgin Islands|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming"
)
_MX = (
    "AGU Aguascalientes|BCN Baja California|BCS Baja California Sur|CAM Campeche|CHP Chiapas|CHH Chihuahua|"
    "CMX Ciudad de México|COA Coahuila|COL Colima|DUR Durango|GUA Guanajuato|GRO Guerrero|HID Hidalgo|JAL Jalisco|"
    "MEX Estado de México|MIC Michoacán|MOR Morelos|NAY Nayarit|NLE Nuevo León|OAX Oaxaca|PUE Puebla|QUE Querétaro|"
    "ROO Quintana Roo|SLP San Luis Potosí|SIN Sinaloa|SON Sonora|TAB Tabasco|TAM Tamaulipas|TLA Tlaxcala|"
    "VER Veracruz|YUC Yucatán|ZAC Zacatecas"
)
_CA = (
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Québec|SK Saskatchewan|YT Yukon"
)


def _split(country: str, text: str) -> dict[str, str]:
    return {f"{country}-{code}": name for code, _, name in (line.partition(" ") for line in text.split("|"))}


#: Code (country, dash, region) to name, by country.
REGIONS = {"US": _split("US", _US), "MX": _split("MX", _MX), "CA": _split("CA", _CA)}


def choices() -> list[tuple[object, list[tuple[str, str]]]]:
    """Return the regions as grouped choices for a select."""
    return [(COUNTRIES[country], list(names.items())) for country, names in REGIONS.items()]


def region_name(country: str, region: str) -> str:
    """Return what people call a region, or its code when we have no name."""
    return REGIONS.get(country, {}).get(f"{country}-{region}", region)
