"""The demo: real reviews with real ratings, and photos in the public domain."""
