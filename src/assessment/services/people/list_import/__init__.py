"""Lists of people from spreadsheets: files to text, text to rows, rows to people with the decisions of the reader."""
