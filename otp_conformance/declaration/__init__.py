"""What the vendor says about the system under test, checked before it is believed."""
