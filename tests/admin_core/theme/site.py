"""A small app that mounts the theme the way the admin does, for the tests that need a page."""

from flask import Flask, Response, jsonify, render_template, request
from flask_admin import Admin, AdminIndexView

from admin_core.theme import csp, install, style
from admin_core.theme.errors import error_page
from admin_core.theme.feedback import flash_done
from admin_core.theme.frame import Banner, Environment, Frame, FramePerson, NavGroup, NavItem, Preferences

GROUPS = (("Customers", "users"), ("Finance", "cash"), ("Support", "messages"), ("System", "settings"))


def navigation(entries: int = 24, active: str = "/style") -> tuple[NavGroup, ...]:
    home = NavGroup(
        "",
        items=(
            NavItem("Home", "/admin/", "home", jump="h"),
            NavItem("Style", "/style", "template", active == "/style", jump="s"),
        ),
    )
    size = max(entries // len(GROUPS), 1)
    groups = [
        NavGroup(
            label,
            icon,
            tuple(
                NavItem(f"{label} {n}", f"/list?{label}{n}", active=n == 1 and label == "Customers", count=n or None)
                for n in range(size)
            ),
        )
        for label, icon in GROUPS
    ]
    return (home, *groups)


def frame(entries: int = 24) -> Frame:
    theme = request.args.get("theme", "auto")
    return Frame(
        product="HireInbox",
        environment=Environment("Production", "danger"),
        person=FramePerson("Nomsa Dlamini", "Owner", "/account"),
        navigation=navigation(entries),
        links=(NavItem("Status page", "/status", external=True),),
        banners=(Banner("You see the admin as Otto Pillay", action_label="Stop", action_url="/stop", post=True),),
        preferences=Preferences(theme=theme, keys=request.args.get("keys") != "off"),  # type: ignore[arg-type]
        palette_url="/palette", alerts_url="/alerts", alerts_count_url="/alerts/count", jobs_url="/jobs",
        jobs_tray_url="/tray", preferences_url="/preferences", sign_out_url="/out", style_url="/style",
    )  # fmt: skip


def make_site(*, framed: bool = True) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.secret_key = "only for this test"
    app.config["seen"] = []
    install.install(app)
    app.after_request(csp.protect)
    if framed:
        app.context_processor(lambda: {"frame": frame()})
    Admin(app, theme=install.flask_admin_theme(), index_view=AdminIndexView())
    app.add_url_rule("/style", "style", lambda: style.style_page("/lookup"))
    app.add_url_rule("/error/<int:status>", "error", lambda status: error_page(status, "01JD-TEST"))
    app.add_url_rule("/alerts/count", "count", lambda: "3")
    app.add_url_rule("/tray", "tray", lambda: '<p class="tray-empty">Two jobs ran.</p>')
    app.add_url_rule("/palette", "palette", palette, methods=["GET", "POST"])
    app.add_url_rule("/lookup", "lookup", lookup, methods=["POST"])
    app.add_url_rule("/preferences", "preferences", lambda: remember(app), methods=["POST"])
    app.add_url_rule("/done", "done", done)
    app.register_error_handler(404, lambda _: error_page(404, "01JD-TEST"))
    return app


def done() -> str:
    flash_done("Saved Ada Nkosi.", "/undo/1")
    return render_template("admin/error.html", status=200, title="Done", sentence="Done.", advice="")


def palette() -> str:
    typed = request.form.get("q", "")
    home = {"label": "Home", "url": "/admin/", "icon": "home"}
    ada = {"label": "Ada Nkosi", "url": "/style?found=ada", "note": f"customer {typed}", "icon": "users"}
    groups = [{"label": "Pages", "entries": [home]}, {"label": "Customers", "entries": [ada]}]
    partial = "HX-Request" in request.headers
    return render_template("admin/palette.html", groups=[] if typed == "zzz" else groups, typed=typed, partial=partial)


def lookup() -> Response:
    return jsonify([{"value": "7", "text": "Finn van der Merwe"}] if "Finn".startswith(request.form["q"]) else [])


def remember(app: Flask) -> Response:
    app.config["seen"].append(dict(request.form))
    return Response(status=204)


if __name__ == "__main__":
    make_site().run(port=5999)
