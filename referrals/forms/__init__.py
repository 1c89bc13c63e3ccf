"""Forms of the room: they validate what was typed and write nothing."""
