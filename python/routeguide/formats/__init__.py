"""Sources and destinations of features: each file format is a module with a reader or a writer."""
