"""The parts that all formats share: sources, text, columns, coordinates and batches of features."""
