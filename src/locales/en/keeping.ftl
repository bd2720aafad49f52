# Backups

attention-backup-failed = The backup of { $at } failed. Ask your system administrator. The machine said:
attention-backup-old = The last good backup is of { $at }. Ask your system administrator why there is no newer one.
