"""What a run does on the devices: observe, act, verify, so that doing it again is safe."""
