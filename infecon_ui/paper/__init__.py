"""The page "The paper, number by number": its tables, figures and claims beside ours."""
