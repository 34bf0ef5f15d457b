"""The command line: a file a command; each reads arguments, calls, prints. Nothing heavy is imported for help."""
