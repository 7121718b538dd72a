"""Kho Thi đua: the web application, its commands and its worker."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("khothidua")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0"
