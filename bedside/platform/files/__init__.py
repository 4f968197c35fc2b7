"""Files people add: typed by what they are, stored under their own fingerprint, never served as a page."""
