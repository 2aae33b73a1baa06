"""AI quality: how often the AI agrees with people, and which cases people still have to look at."""
