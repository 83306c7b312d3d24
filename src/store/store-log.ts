/** The part of a logger that the store uses. */
export interface StoreLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Takes the checkpoints of the audit log, too. */
export interface CheckpointLog extends StoreLog {
  info(details: object, message: string): void;
}
