"""News between processes and to open pages. Carries ids and codes through a bus; never patient data to a page."""
