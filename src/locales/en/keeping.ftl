# Backups

attention-backup-failed = The backup of { $at } failed. Ask your system administrator. The machine said:
attention-backup-old = The last good backup is of { $at }. Ask your system administrator why there is no newer one.
attention-backup-lost = { $n ->
    [one] A picture that is shown here is missing in the last backup.
   *[other] { $n } pictures that are shown here are missing in the last backup.
} Ask your system administrator whether the folder with pictures is whole. Older backups stay for now.
