"""Questions and quizzes tried out by those who write them: asked and graded as for a learner, and nothing is kept."""
