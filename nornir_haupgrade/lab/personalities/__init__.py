"""What the lab can simulate, a package for each platform."""
