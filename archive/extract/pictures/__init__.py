"""Pictures of pages: letters recognised in them, and previews drawn of any file."""
