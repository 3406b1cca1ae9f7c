"""The organiser's desk: who comes into a cohort, by which way, who trains it; what its course asks first."""
