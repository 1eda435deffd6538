"""What the command line does, a module for each command. None is imported before it is wanted."""
