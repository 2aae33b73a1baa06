"""Every route says where it belongs and what opens it; what is not declared does not start."""

import pytest
from flask import Flask

from admin_core import surfaces
from admin_core.app import create_app
from admin_core.settings import Settings, SettingsError


def app_serving(*served: str) -> Flask:
    """Return an app with one route of each surface; nobody is signed in."""
    app = Flask("surfaces")
    surfaces.keep_apart(app, served, lambda host: host == "api.example.com")
    surfaces.install(app)
    for name in ("open", "keyed", "page", "member", "shared"):
        app.add_url_rule(f"/{name}", name, lambda: "here")
    app.add_url_rule("/forgotten", "forgotten", lambda: "here")
    surfaces.declare(
        app,
        {
            "open": surfaces.public(surfaces.ANYONE),
            "shared": surfaces.both(),
            "keyed": surfaces.public(surfaces.KEY),
            "page": surfaces.admin("page:jobs:read"),
            "member": surfaces.admin(surfaces.MEMBER),
        },
    )
    return app


@pytest.mark.parametrize(
    ("served", "path", "status"),
    [
        (("admin", "public"), "/open", 200),
        (("admin", "public"), "/keyed", 200),
        (("admin", "public"), "/page", 401),
        (("admin", "public"), "/member", 401),
        (("admin", "public"), "/forgotten", 404),
        (("admin",), "/open", 404),
        (("public",), "/page", 404),
        (("public",), "/open", 200),
        (("public",), "/shared", 200),
        (("admin",), "/shared", 200),
        (("public",), "/admin/nowhere", 404),
        (("public",), "/auth/login", 404),
    ],
)
def test_a_process_serves_its_surfaces_only(served: tuple[str, ...], path: str, status: int) -> None:
    assert app_serving(*served).test_client().get(path).status_code == status


@pytest.mark.parametrize(("path", "status"), [("/page", 404), ("/member", 404), ("/open", 200), ("/shared", 200)])
def test_a_host_of_programs_has_no_pages_of_the_team(path: str, status: int) -> None:
    client = app_serving("admin", "public").test_client()
    assert client.get(path, headers={"Host": "api.example.com"}).status_code == status


def test_a_route_nobody_declared_stops_the_start() -> None:
    with pytest.raises(surfaces.UndeclaredRoutesError, match="/forgotten"):
        surfaces.require_declared(app_serving("admin"))


def test_every_route_of_the_product_is_declared() -> None:
    app = create_app(
        Settings(database_url="postgresql+psycopg://x/y", redis_url="redis://x", secret_key="k" * 40, env="test")
    )
    declared = [surfaces.access_of(app, rule.endpoint) for rule in app.url_map.iter_rules()]
    assert None not in declared
    assert {access.surface for access in declared if access} == {"admin", "public", "both"}


def test_nothing_but_known_surfaces_can_be_asked_for() -> None:
    base = {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x", "ADMIN_SECRET_KEY": "k" * 40}
    assert Settings.from_environment({**base, "ADMIN_SURFACES": "public"}).surfaces == ("public",)
    for wrong in ("", "private", "admin,private"):
        with pytest.raises(SettingsError, match="ADMIN_SURFACES"):
            Settings.from_environment({**base, "ADMIN_SURFACES": wrong})
