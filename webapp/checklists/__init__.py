"""Phiếu tự kiểm: a unit's yearly checklist with its evidence. A feature slice."""
