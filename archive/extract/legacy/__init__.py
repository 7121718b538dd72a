"""Vietnamese in the fonts and encodings of before Unicode (TCVN3, VNI), put right."""
