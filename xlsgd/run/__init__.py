"""What computes: passes over the points, the buttons pressed, traces."""
