"""Handing the house over: bags that others can read (BagIt), and backups that become this house again.

Both are made while people work, from one snapshot of the database; the archive's files never change under it.
"""
