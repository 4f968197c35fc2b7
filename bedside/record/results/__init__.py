"""Results of laboratories and other services, as the chart wants them: typed facts, ranges, trends. Pure: no tables."""
