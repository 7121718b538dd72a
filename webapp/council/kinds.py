"""What the house knows of the council as a kind: everybody who reads the plan reads who sits in it."""

from __future__ import annotations

from sqlalchemy import true

from webapp.kinds import Address, Kind
from webapp.models import Council

KINDS = (
    Kind(
        name="council",
        label="Hội đồng",
        model=Council,
        readable=lambda _viewer: true(),
        title=lambda council: council.name,
        address=lambda council: Address("council.council_view", {"council": council.id}),
        unit=None,
        parts=(),
        noted=(),
        # Found in the menu: there is one at a time.
        search=None,
        bag=None,
    ),
)
