"""What the model's numbers are held against: published figures now, calibration and back-tests later."""
