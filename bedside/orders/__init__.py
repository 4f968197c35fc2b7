"""What a doctor orders. Now: prescriptions, with the stops and warnings that stand before each."""
