"""What a browser loads to show the customers list for the first time, as it travels: compressed where we compress."""

from dataclasses import dataclass

from playwright.sync_api import Response, sync_playwright

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Weight:
    """Kilobytes by origin."""

    page: float
    vendored: float
    own: float
    requests: int


def weigh(port: int, cookies: dict[str, str], path: str) -> Weight:
    """Return the weight of a first visit with an empty cache."""
    seen: list[Response] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context()
        base = f"http://127.0.0.1:{port}"
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        tab = context.new_page()
        tab.on("response", lambda answer: seen.append(answer))  # noqa: PLW0108  playwright needs a function
        tab.goto(base + path, wait_until="networkidle")
        sizes = [(answer.url, kilobytes(answer)) for answer in seen]
        browser.close()
    assets = [(url, size) for url, size in sizes if "/assets/" in url]
    vendored = sum(size for url, size in assets if "/assets/vendor/" in url)
    own = sum(size for url, size in assets if "/assets/vendor/" not in url)
    return Weight(sum(size for _, size in sizes) - vendored - own, vendored, own, len(sizes))


def kilobytes(answer: Response) -> float:
    """Return the size of a body as it travelled."""
    return answer.request.sizes()["responseBodySize"] / 1000
