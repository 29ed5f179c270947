"""Stage 8: runs of a table side by side: a leaderboard, paired tests, a report, and what is handed on."""
