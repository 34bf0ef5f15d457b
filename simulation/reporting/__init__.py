"""Text in Chinese and English, tables for a terminal, figures, the life of one carrier, the resolved scenario."""
