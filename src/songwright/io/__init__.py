"""The doors of the house: the only rooms that open files, native libraries and sockets."""
