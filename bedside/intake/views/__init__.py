"""The pages of this room: importing files, and results that wait."""
