"""Ways to write an address of an inner network: ``{p}`` is the port on which a trap listens."""

NAMES: dict[str, list[str]] = {
    "inner.example.com": ["127.0.0.1"],
    "six.example.com": ["::1"],
    "mixed.example.com": ["8.8.8.8", "127.0.0.1"],
    "mixed-six.example.com": ["2606:4700::1111", "::1"],
    "ten.example.com": ["10.0.0.5"],
    "private.example.com": ["192.168.1.10"],
    "docker.example.com": ["172.17.0.1"],
    "cgnat.example.com": ["100.64.0.1"],
    "metadata.example.com": ["169.254.169.254"],
    "azure.example.com": ["168.63.129.16"],
    "zero.example.com": ["0.0.0.0"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "compatible.example.com": ["::127.0.0.1"],
    "nat64.example.com": ["64:ff9b::7f00:1"],
    "sixtofour.example.com": ["2002:7f00:1::"],
    "teredo.example.com": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "isatap.example.com": ["2606:4700::5efe:7f00:1"],
    "unique.example.com": ["fd00:ec2::254"],
    "local.example.com": ["fe80::1"],
    "zoned.example.com": ["fe80::1%lo"],
    "multicast.example.com": ["224.0.0.1"],
    "multicast-six.example.com": ["ff02::1"],
    "broadcast.example.com": ["255.255.255.255"],
    "nonsense.example.com": ["not an address"],
    "localhost.example.com.localdomain": ["127.0.0.1"],
    "localhost.localdomain": ["127.0.0.1"],
    "foo.localhost": ["127.0.0.1"],
    "kubernetes.default": ["10.96.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "xn--nxasmq6b.example.com": ["127.0.0.1"],
}
"""What a name server under somebody else's hand may answer."""

V4 = """
127.0.0.1 127.1 127.0.1 127.0.0.01 127.00.0.1 127.000.000.001 0127.0.0.1 0177.0.0.1 0177.0.0.01 0177.0000.0000.0001
0x7f.0.0.1 0x7f.0x0.0x0.0x1 0x7f000001 0X7F000001 0x7f.1 0x7f.0.1 2130706433 02130706433 017700000001 0x07f000001
0x0000000007f000001 127.0.0.1. 127.1. 127.0.0.2 127.255.255.254 127.8.8.8 127.0.0.0x1 127.0x1 127.0.0.1.0 127.0.0.256
00000177.1 1.0x7f000001 6425673729 4294967297 0 0.0.0.0 00.0.0.0 0x0 0x0.0 0.0 000 10.0.0.1 10.1 0xa000001 012.0.0.1
167772161 172.16.0.1 172.31.255.255 172.016.0.1 2886729729 192.168.0.1 192.168.1 192.168.257 3232235521 0xc0a80001
100.64.0.1 100.127.255.254 100.100.100.200 169.254.169.254 169.254.43518 0xa9fea9fe 2852039166 0251.0376.0251.0376
169.254.169.254. 168.63.129.16 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.51.100.1 203.0.113.9 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255 4294967295 ①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 １２７.０.０.１
""".split()  # noqa: SIM905, RUF001

V6 = """
[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [0::0] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:0001]
[::ffff:0:127.0.0.1] [::127.0.0.1] [::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1]
[2002:7f00:1::] [2002:7f00:0001::1] [2001::1] [2001:0:7f00:1::] [2001:db8::1] [3fff::1] [100::1] [5f00::1] [fc00::1]
[fd00:ec2::254] [fd12:3456::1] [fe80::1] [fe80::1%25lo] [fe80::1%25eth0] [fe80::1%lo] [fec0::1] [ff02::1]
[2606:4700::5efe:127.0.0.1] [2606:4700::200:5efe:7f00:1] [::1%25lo] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [:::1]
[127.0.0.1] [::1]. ::1 [v1.::1] []
""".split()  # noqa: SIM905

HOSTS = """
localhost LOCALHOST localhost. LocalHost.  intranet redis postgres metadata
""".split()  # noqa: SIM905

WHOLE = (
    "http://user@127.0.0.1:{p}/", "https://user:secret@127.0.0.1:{p}/", "https://example.com@127.0.0.1:{p}/",
    "https://example.com:443@127.0.0.1:{p}/", "https://127.0.0.1:{p}@example.com:{p}/", "https://@127.0.0.1:{p}/",
    "https://example.com%40127.0.0.1:{p}/", "https://127.0.0.1%2f@example.com/", "https://example.com\\@127.0.0.1:{p}/",
    "https:\\\\127.0.0.1:{p}\\", "https:/\\127.0.0.1:{p}/", "https:///127.0.0.1:{p}/", "https:127.0.0.1:{p}",
    "https:/127.0.0.1:{p}/", "//127.0.0.1:{p}/", "127.0.0.1:{p}", "https://127.0.0.1:{p}#@example.com/",
    "https://127.0.0.1:{p}/#frag", "https://127.0.0.1:{p}/#", "https://127.0.0.1:{p}?@example.com/",
    "https://example.com#@127.0.0.1:{p}/", " https://127.0.0.1:{p}/", "https://127.0.0.1:{p}/ x",
    "\thttps://127.0.0.1:{p}/",
    "ht\ntps://127.0.0.1:{p}/", "https://127.0.0\t.1:{p}/", "https://127.0.0.1\r\n:{p}/",
    "https://127.0.0.1:{p}/\r\nX: y",
    "https://127.0.0.1\x00.example.com:{p}/", "https://127.0.0.1%00.example.com:{p}/", "https://127.0.0.1%2eexample.com/",
    "https://%31%32%37.0.0.1:{p}/", "https://127.0.0.1:0{p}/", "https://127.0.0.1:+{p}/", "https://127.0.0.1:-1/",
    "https://127.0.0.1:99999/", "https://127.0.0.1:/", "https://127.0.0.1:{p}:80/", "https://127.0.0.1: {p}/",
    "https://127.0.0.1:１２３/", "https://[::1]:{p}]/", "https://[::1/", "https://::1]:{p}/", "https://127.0.0.1:0/",  # noqa: RUF001
    "file:///etc/passwd", "ftp://127.0.0.1:{p}/", "gopher://127.0.0.1:{p}/_GET", "dict://127.0.0.1:{p}/",
    "javascript:alert(1)",
    "data:text/plain,hello", "unix:///run/postgres.sock", "http+unix://%2Frun%2Fpostgres.sock/", "ws://127.0.0.1:{p}/",
    "jar:https://127.0.0.1:{p}!/", "HTTP://127.0.0.1:{p}/", "hTtPs://127.0.0.1:{p}/", "", "https://", "https://.", "https://..",
    "https://a..b:{p}/", "https://-a.example.com.:{p}/", "https://exa mple.com/", "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{p}/",
    "https://localhost:{p}/", "https://loc\u00adalhost:{p}/", "https://127.0.0.1" + "/a" * 1_000,
)  # fmt: skip


def forms(port: int) -> list[str]:
    """Return every form, by http and by https where it has a scheme of its own to be given."""
    hosts = [*V4, *V6, *HOSTS, *NAMES]
    made = [f"{scheme}://{host}:{port}/hook" for host in hosts for scheme in ("https", "http")]
    return [*made, *(f"https://{host}/hook" for host in NAMES), *(whole.replace("{p}", str(port)) for whole in WHOLE)]
