"""Documents of word processors: .docx, .doc, .odt (.odp too), .rtf."""
