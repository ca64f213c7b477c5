"""The subcommands of `routeguide`, a module each; main.py finds the one that is asked for."""
