"""Going after people who learn: reminders and digests, who is at risk, letters, trainers' notes."""
