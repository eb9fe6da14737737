"""What a presenter uses: slides and the screen behind them, where they stand, a name tag and a logo."""
