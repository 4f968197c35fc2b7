"""Makes the data of the terminology from the official definitions. Run when those change; never at run time."""
