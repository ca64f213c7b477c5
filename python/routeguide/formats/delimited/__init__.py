"""CSV and its relatives: TSV, and the dump format of GeoNames."""
