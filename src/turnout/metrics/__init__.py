"""What every attempt taught us: live windows, health, cool-downs."""
