"""Many frontiers as one Parquet data set: what is swept, its jobs, who computes them, and the files that they land in.

Of the library this package alone writes files: below the folder that it is given, and nowhere else.
"""
