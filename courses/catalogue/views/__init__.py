"""Pages of this room: ``public`` is for learners and visitors, ``cohorts`` for trainers and organisers."""
