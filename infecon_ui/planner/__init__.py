"""The page Planner."""
