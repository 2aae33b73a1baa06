"""Run in a process of its own: start the application, sign an Owner in, and print what stands there as JSON."""

import json
import os
import re
import sys

import sqlalchemy as sa

from admin_core import migrate
from admin_core.access import sign_in_link
from admin_core.app import create_app, warm_up
from admin_core.settings import Settings
from schema.support import Ticket
from tests.journeys.site import token_in
from tests.schema.core_rows import CoreMaker

app = create_app(Settings.from_environment(os.environ))
warm_up(app)
parts = app.extensions["admin_core"]
with parts.database.transaction() as session:
    if session.scalar(sa.select(Ticket.id).limit(1)) is None:
        CoreMaker(session).one(Ticket)
    link = sign_in_link(session, "Owner").removeprefix("http://localhost:8000")
client = app.test_client()
client.post(link, data={"csrf_token": token_in(client.get(link).text)})
home, page = client.get("/admin/").text, client.get("/admin/greeter/greetings")
sheet = re.search(r'href="(/assets/greeter/[^"]+)"', page.text)
ticket = re.search(r'href="(/admin/data/tickets/record/[^"/]+)"', client.get("/admin/data/tickets/").text)
assert ticket
found = {
    "plugin": [[p.origin, p.place, p.error] for p in parts.plugins if p.name == "greeter"],
    "routes": sorted(r.rule for r in app.url_map.iter_rules() if "greeter" in r.rule),
    "menu": "/admin/greeter/greetings" in home,
    "tile": ">Greetings <" in home,
    "jobs": [job.slug for job in parts.jobs if job.slug.startswith("greeter.")],
    "page": page.status_code,
    "sheet": client.get(sheet[1]).text.strip() if sheet else "",
    "list": client.get("/admin/data/greeter_greetings/").status_code,
    "button": "action/greeter.greet" in client.get(ticket[1]).text,
    "ready": client.get("/readyz").text.strip(),
    "differences": len(migrate.differences(os.environ["DATABASE_URL"])),
}
if found["button"]:
    url = f"{ticket[1]}/action/greeter.greet"
    asked = client.get(url).text
    once = re.search(r'name="once" value="([^"]+)"', asked)
    assert once
    client.post(url, data={"csrf_token": token_in(asked), "once": once[1]})
    found["greeted"] = "Sawubona" in client.get("/admin/greeter/greetings").text
json.dump(found, sys.stdout)
