"""What people hold Tandem by."""
