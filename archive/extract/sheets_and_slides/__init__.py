"""Spreadsheets (.xlsx, .xls, .ods) and presentations (.pptx, .ppt)."""
