"""Makes the data of the definitions from the official ones. Run when a newer package is taken; never at run time."""
