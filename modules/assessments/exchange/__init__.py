"""Import and export of questions: one module per format, none of which knows the types of questions.

A reader yields what the file holds as records with their lines (and a ``Fault`` for what it cannot
read); each type of question turns records into its own shape and back in its own folder.
"""
