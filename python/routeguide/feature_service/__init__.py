"""The servicers of routeguide.v1.FeatureService, with the reading of requests and the pages."""
