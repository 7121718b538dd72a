"""What all pages share: sign-in check, htmx, forms, errors, filters, layouts, style."""
