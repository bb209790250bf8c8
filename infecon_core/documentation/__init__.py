"""What the functions say of themselves: their equations, read from docstrings, with the numbers of one point.

Nothing is written here a second time. `docstrings` reads what stands beside the code, `calls` notes with which numbers
the same code ran, `expressions` turns an equation into what can be drawn and computed, `equations` joins the three.
"""
