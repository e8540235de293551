"""What an operator of the page needs: health, metrics, a log."""
