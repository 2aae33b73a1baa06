"""Stock Flask-Admin over BENCH_MODELS invented models of twelve columns and one reference each, for ``startup``."""

import os

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Integer, Numeric, String, Text, func
from sqlalchemy.orm import mapped_column

SCHEMA = "bench_start"
MODELS = int(os.environ["BENCH_MODELS"])

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE"]
app.config["SECRET_KEY"] = "benchmarks"
db = SQLAlchemy(app)
admin = Admin(app, name="Stock")


def columns(number: int) -> dict[str, object]:
    """Return the body of a model, about as wide as the product's are on average."""
    body: dict[str, object] = {
        "__tablename__": f"things_{number}",
        "__table_args__": {"schema": SCHEMA},
        "id": mapped_column(Integer, primary_key=True),
        "name": mapped_column(String(200), index=True),
        "email": mapped_column(String(320)),
        "status": mapped_column(String(40)),
        "note": mapped_column(Text),
        "amount_cents": mapped_column(BigInteger),
        "cost": mapped_column(Numeric(20, 10)),
        "active": mapped_column(Boolean),
        "seen_at": mapped_column(DateTime(timezone=True)),
        "created_at": mapped_column(DateTime(timezone=True), server_default=func.now()),
        "updated_at": mapped_column(DateTime(timezone=True), server_default=func.now()),
    }
    if number:
        target = f"{SCHEMA}.things_{number - 1}.id"
        body["parent_id"] = mapped_column(Integer, ForeignKey(target), index=True)
        body["parent"] = db.relationship(f"Thing{number - 1}")
    return body


for number in range(MODELS):
    model = type(f"Thing{number}", (db.Model,), columns(number))
    admin.add_view(ModelView(model, db, endpoint=f"things_{number}"))
