"""routeguide.v1.FeatureService: servicers, pages and typed clients."""
