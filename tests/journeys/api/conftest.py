"""Programs that call, and something to call about."""

import pytest
from sqlalchemy import select

from schema.ai import AiDecision
from tests.journeys.api.programs import Program, program
from tests.journeys.site import Site


@pytest.fixture
def reader(site: Site) -> Program:
    return program(site, "feedback:read")


@pytest.fixture
def writer(site: Site) -> Program:
    return program(site, "feedback:write")


@pytest.fixture(scope="module")
def decision(site: Site) -> AiDecision:
    with site.machine.database.sessions() as session:
        return session.scalars(select(AiDecision).limit(1)).one()
