"""Learning from drummers: how hard and when the hits of a groove fall."""
