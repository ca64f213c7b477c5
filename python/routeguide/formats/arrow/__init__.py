"""Files and tables of Apache Arrow: Parquet, Arrow's own formats, and what GDAL reads."""
