"""Where everything stands on each sheet."""
