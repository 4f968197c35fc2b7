"""What each interaction of the API does. Each takes a desk and returns an answer; nothing here decides who may."""
