"""What a run does on the devices: each observes, acts and verifies, so that doing it again is safe."""
