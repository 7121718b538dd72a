"""Which movement a page is about, where a ward runs several in one year: the one chosen last, else the usual one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, request, session

from webapp.models import Movement


def choose(movements: Sequence[Movement]) -> Movement | None:
    """The one shown of those that run in the page's year, the usual one first among them.

    `?movement=` chooses, and the choice goes along with the person's session; `layouts/_period.html` offers the others.
    """
    # A form names the movement it was opened for: another window may have chosen another one meanwhile.
    asked = request.values.get("movement", "")
    wanted = asked or session.get("movement")
    found = next((one for one in movements if one.id == wanted), movements[0] if movements else None)
    if found is not None and found.id == request.args.get("movement"):
        session["movement"] = found.id
    g.movements, g.movement_shown = movements, found
    return found
