"""What happens after a commit: the outbox is written with the change, one worker process empties it."""
