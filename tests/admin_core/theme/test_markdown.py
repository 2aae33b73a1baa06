"""What somebody writes in Markdown is shown as such, and never as anything that acts."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin_core.theme.differences import difference
from admin_core.theme.markdown import SCHEMES, TAGS, marked

SHOWN = [
    ("**bold** and *it*", "<p><strong>bold</strong> and <em>it</em></p>"),
    ("one\ntwo", "<p>one<br>\ntwo</p>"),
    ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
    ("3. c", '<ol start="3">\n<li>c</li>\n</ol>'),
    ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
    ("# Title", '<p class="marked-heading">Title</p>'),
    ("`x < y`", "<code>x &lt; y</code>"),
    ("~~gone~~", "<s>gone</s>"),
    ("a < b & c", "a &lt; b &amp; c"),
    ("|a|\n|-|\n|1|", "<table>"),
    (
        "[us](https://hireinbox.example)",
        '<a href="https://hireinbox.example" rel="nofollow noopener noreferrer">us</a>',
    ),
    ("<https://hireinbox.example/x>", 'href="https://hireinbox.example/x"'),
    ("[mail](mailto:ada@example.com)", 'href="mailto:ada@example.com"'),
    ("[call](tel:+27821234567)", 'href="tel:+27821234567"'),
    ("![Ada](https://pictures.example/ada.png)", '!<a href="https://pictures.example/ada.png"'),
    ("", '<div class="marked"></div>'),
]


@pytest.mark.parametrize(("text", "markup"), SHOWN, ids=[text[:20] for text, _ in SHOWN])
def test_markdown_is_shown(text: str, markup: str) -> None:
    assert markup in marked(text)


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<body onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='https://ok.example' onclick='alert(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=csrf_token></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<div hx-get=/admin/account hx-trigger=load></div>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](blob:https://evil.example/1)",
    '[x](https://ok.example "onmouseover=alert(1)")',
    '[x](https://ok.example"onmouseover="alert(1))',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '![x" onerror="alert(1)](https://ok.example/x.png)',
    "![x](https://tracker.example/pixel.gif)",
    "```<script>\nalert(1)\n```",
    '```js" onload="alert(1)\nx\n```',
    "`<img src=x onerror=alert(1)>`",
    "# <img src=x onerror=alert(1)>",
    "|<img src=x onerror=alert(1)>|\n|-|\n|<script>|",
    "</div></main><script>alert(1)</script>",
    "a\u0000<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Reader(HTMLParser):
    """Reads markup as a browser would, and keeps what could act."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS and not (tag == "div" and attrs == [("class", "marked")]):
            self.wrong.append(tag)
        for name, value in attrs:
            known = {"a": {"href", "rel"}, "ol": {"start"}, "p": {"class"}, "div": {"class"}}.get(tag, set())
            scheme = re.match(r"[^/?#]*?:", (value or "").strip())
            if name not in known or (name == "href" and scheme and scheme[0][:-1].lower() not in SCHEMES):
                self.wrong.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(data)


def acts(text: str) -> list[str]:
    """Return what in the markup of a text could do something."""
    reader = Reader()
    reader.feed(str(marked(text)))
    reader.close()
    return reader.wrong


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_gets_through(text: str) -> None:
    assert acts(text) == []


PIECES = st.sampled_from([*HOSTILE, *(text for text, _ in SHOWN), "[", "](", ")", "<", ">", '"', "`", "\n", "|", "&#"])


@given(st.lists(PIECES, max_size=6).map("".join))
def test_no_mixture_of_them_does_either(text: str) -> None:
    assert acts(text) == []


def test_a_difference_shows_both_sides_and_escapes_them() -> None:
    assert difference("Call <Ada> today", "Call <Ada> now") == (
        '<div class="marked-diff">Call &lt;Ada&gt; <del>today</del><ins>now</ins></div>'
    )


FEW = st.text("ab <&\n", max_size=12)


@given(FEW, FEW)
def test_a_difference_holds_the_newer_text_whole(before: str, after: str) -> None:
    shown = str(difference(before, after)).removeprefix('<div class="marked-diff">').removesuffix("</div>")
    kept = re.sub(r"<del>.*?</del>", "", shown, flags=re.DOTALL)
    assert html.unescape(re.sub(r"</?ins>", "", kept)) == after


def test_long_texts_are_compared_by_line() -> None:
    before = "\n".join(f"line {n} of a long note" for n in range(900))
    shown = difference(before, before.replace("line 7 of", "line seven of"))
    assert "<del>line 7 of a long note\n</del><ins>line seven of a long note\n</ins>" in shown


@pytest.mark.timeout(10)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_long_texts_with_nothing_in_common_stall_nobody(between: str) -> None:
    before, after = (between.join(f"{word}{n}" for n in range(9_000)) for word in ("a", "b"))
    assert "<ins>b0" in difference(before, after)
    assert "<del>a0" in difference(before[:5_000], after[:5_000])
