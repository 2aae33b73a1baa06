"""Where a sign-in may lead, in sixty spellings of another site."""

import pytest

from admin_core.access.local_paths import is_local_path

OURS = [
    "/admin",
    "/admin/",
    "/admin/data/customers/",
    "/admin/data/customers/?status=active&sort=-created_at",
    "/admin/data/customers/0190b2f0-7c1e-7000-8000-000000000000",
    "/admin/search?q=a%20b",
    "/auth/change",
]
ELSEWHERE = [
    "",
    " ",
    "/",
    "//",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "\\\\\\evil.example",
    "/\\/evil.example",
    "\\evil.example",
    "https://evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "mailto:ada@evil.example",
    "evil.example",
    "www.evil.example/admin",
    "admin/",
    "./admin",
    "../admin",
    " /admin",
    "/admin ",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "/admin\r\nSet-Cookie: a=b",
    "/admin\n",
    "\x00//evil.example",
    "\x19//evil.example",
    "\u2028//evil.example",
    "\u3000//evil.example",
    "\uff0f\uff0fevil.example",
    "/admin/\u202e",
    "/%2fevil.example",
    "/%2f%2fevil.example",
    "%2f%2fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/admin/%2f%2fevil.example",
    "/admin/%5Cevil.example",
    "/admin/%0d%0aLocation:evil",
    "/admin/../../evil.example",
    "/admin/..//evil.example",
    "/admin/./..",
    "/admin//evil.example",
    "/admin/..",
    "/admin.evil.example/",
    "/adminevil.example",
    "@evil.example",
    "/admin@evil.example",
    "https://localhost@evil.example",
    "https://localhost.evil.example",
    "//localhost:8000@evil.example",
    "/admin#//evil.example",
    "?next=//evil.example",
    "/admin\\..\\evil",
    "/public",
]


@pytest.mark.parametrize("path", OURS)
def test_a_page_of_ours_is_local(path: str) -> None:
    assert is_local_path(path)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_everything_else_leads_elsewhere(text: str) -> None:
    assert not is_local_path(text)
