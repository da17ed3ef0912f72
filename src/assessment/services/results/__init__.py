"""Published figures, comparisons, benchmarks, comments and exports."""
