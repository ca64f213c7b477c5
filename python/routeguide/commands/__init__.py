"""The subcommands of `routeguide`, one module each; main.py runs them."""
