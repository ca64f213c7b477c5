"""What every format stands on: sources, text, columns, coordinates and batches of features."""
