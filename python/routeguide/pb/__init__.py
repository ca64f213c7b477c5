"""Protocol buffer modules, generated from proto/ by the build."""
