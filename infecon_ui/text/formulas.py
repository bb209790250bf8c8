"""How formulas fit narrow screens."""

# What is wider than a phone scrolls by itself: a formula that breaks at no sign.
FORMULAS = """
[data-testid=stMain] .katex { display: inline-block; max-width: 100%; overflow: auto hidden; vertical-align: middle; }
[data-testid=stMain] .katex .katex-html { padding: 0.15em 0; }
[data-testid=stMain] .katex-display { max-width: 100%; overflow: auto hidden; }
"""
