"""What is measured against what; see README.md."""
