"""The charts of pages: a sentence that is true, a drawing, and its slide, file and link."""
