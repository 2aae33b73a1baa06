"""Stock Flask-Admin as its documentation shows it: ModelViews over the reflected tables, Flask-SQLAlchemy, no sign-in.

Lists show the same columns as the product's, except that payments name no customer (kinder to stock: no join).
"""

import os

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BENCH_DATABASE"]
app.config["SECRET_KEY"] = "benchmarks"
db = SQLAlchemy(app)


def reflected(name: str) -> Table:
    """Return one of our tables as the database describes it."""
    return Table(name, db.metadata, schema="admin", autoload_with=db.engine)


with app.app_context():

    class Plan(db.Model):
        __table__ = reflected("plans")

        def __str__(self) -> str:
            return self.name

    class Customer(db.Model):
        __table__ = reflected("customers")
        plan = db.relationship(Plan)

    class Payment(db.Model):
        __table__ = reflected("payments")


class Lists(ModelView):
    page_size = 50
    can_view_details = True
    named_filter_urls = True


class CustomerView(Lists):
    column_list = ("company_name", "person_name", "email", "product_line", "plan", "status", "signup_at")
    column_sortable_list = ("company_name", "person_name", "email", "status", "signup_at")
    column_searchable_list = ("company_name", "email")
    column_filters = ("plan_id", "status")
    form_columns = (
        "company_name", "person_name", "email", "phone", "currency", "legal_name", "vat_number",
        "registration_number", "billing_email", "address_line1", "address_line2", "city", "region", "postal_code",
        "country", "payment_terms_days", "industry", "locale", "is_internal", "accounting_reference",
    )  # fmt: skip


class PaymentView(Lists):
    column_list = ("customer_id", "amount_cents", "status", "gateway", "gateway_reference", "paid_at", "created_at")
    column_sortable_list = ("amount_cents", "created_at", "paid_at")


admin = Admin(app, name="Stock")
admin.add_view(CustomerView(Customer, db, endpoint="customers"))
admin.add_view(PaymentView(Payment, db, endpoint="payments"))
