"""What the archive itself knows of the catalogue: a write-once manifest for every version of every record.

With the files and these manifests the catalogue can be made anew (`rebuild`), handed over, and compared (`compare`).
"""
