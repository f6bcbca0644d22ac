"""Learning on more machines than one: the same trainings, handed to a cluster (extra `scale`)."""
