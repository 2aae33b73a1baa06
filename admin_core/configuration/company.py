"""Who we are: the particulars that stand on documents, and whether we charge VAT."""

import re
from collections.abc import Mapping

from admin_core.phones import normal_phone
from admin_core.setting_fields import SettingField, SettingsSection, Value, Values

REGISTRATION = re.compile(r"(19|20)\d{2}/\d{6}/\d{2}")
VAT_NUMBER = re.compile(r"4\d{9}")
REGISTERED = "registered"


def check_registration(value: Value) -> str:
    """Return what is wrong with a company's registration number."""
    return "" if REGISTRATION.fullmatch(str(value)) else "Write it as on the certificate: 2019/123456/07."


def check_vat_number(value: Value) -> str:
    """Return what is wrong with a VAT number."""
    return "" if VAT_NUMBER.fullmatch(str(value)) else "A South African VAT number has ten digits and starts with 4."


def check_phone(value: Value) -> str:
    """Return what is wrong with a phone number."""
    return "" if normal_phone(str(value)) else "Write a phone number such as 021 123 4567 or +27 21 123 4567."


def check_company(values: Values) -> Mapping[str, str]:
    """Return what is missing for the VAT status that was chosen."""
    if values.get("vat_status") != REGISTERED:
        return {}
    missing = {
        "vat_number": "A company that is registered for VAT has a number: SARS printed it on the notice VAT103.",
        "vat_since": "Say from which day on VAT is charged.",
    }
    return {name: sentence for name, sentence in missing.items() if values.get(name) is None}


COMPANY = SettingsSection(
    name="company",
    title="Company particulars",
    description="Name, address and VAT status of the company that sells. They stand on documents and in reports.",
    icon="building",
    order=10,
    guide="Registration number and registered name: CIPC certificate. VAT number and date: SARS notice VAT103.",
    fields=(
        SettingField(name="legal_name", label="Registered name", required=True, longest=200),
        SettingField(name="trading_name", label="Trading name", longest=200, help="When it differs."),
        SettingField(
            name="registration_number", label="Registration number", check=check_registration, help="From CIPC."
        ),
        SettingField(
            name="vat_status",
            label="VAT status",
            kind="choice",
            required=True,
            choices=(("unregistered", "Not registered for VAT"), (REGISTERED, "Registered for VAT")),
        ),
        SettingField(name="vat_number", label="VAT number", check=check_vat_number),
        SettingField(name="vat_since", label="Charges VAT since", kind="date"),
        SettingField(name="address", label="Address", kind="textarea", required=True, longest=500),
        SettingField(name="email", label="E-mail address", kind="email", help="Customers may write to it."),
        SettingField(name="phone", label="Phone number", check=check_phone, longest=40),
        SettingField(
            name="information_officer_email",
            label="E-mail address of the information officer",
            kind="email",
            help="Told when one person decides alone what two should.",
        ),
    ),
    check=check_company,
    setup=True,
)
