/** SQLITE_BUSY: another process holds the lock. */
const busyCode = 5;

/** Whether SQLite failed because another process holds the lock. */
export const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === busyCode;
