"""`admin plugin new`: makes the folder of a plugin that works, is tested and says what it does."""

from admin_core.scaffold.making import Made, ScaffoldRefused, make
from admin_core.scaffold.naming import name_problem

__all__ = ["Made", "ScaffoldRefused", "make", "name_problem"]
