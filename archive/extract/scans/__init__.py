"""Scans made ready: blank pages out, both sides in order, parted at separator sheets. The scan itself is never touched."""
