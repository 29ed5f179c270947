"""What predictions are worth: metrics with intervals, the text lift, calibration, costs, and the ledger of looks."""
