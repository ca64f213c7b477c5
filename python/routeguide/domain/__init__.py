"""What is served: databases, datasets, trips and notes, without gRPC."""
