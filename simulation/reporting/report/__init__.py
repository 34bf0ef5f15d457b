"""What is handed on: the report page, the workbook, the memo and the cards, all made from the same facts and tables."""
