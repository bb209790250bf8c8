"""What belongs to the page Scaling laws."""
