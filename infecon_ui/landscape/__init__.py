"""The page "Landscape": which accelerator wins where, and what tokens cost, read from the data set of a sweep."""
