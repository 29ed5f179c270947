"""What a portfolio that follows the predictions would have earned, trading day by trading day."""
