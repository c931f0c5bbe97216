"""What stands where on each sheet."""
