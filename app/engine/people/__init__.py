"""People: told apart, followed over time, shown or hidden."""
