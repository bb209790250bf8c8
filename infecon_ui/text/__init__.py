"""What the sentences of several pages share: numbers as people read them, meanings of terms, safe Markdown."""
