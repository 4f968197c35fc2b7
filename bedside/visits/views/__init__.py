"""The pages of a live visit: arriving, waiting, the room, and the doors scripts knock at."""
