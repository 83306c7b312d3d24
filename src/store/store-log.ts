/** The part of a logger that the store uses. */
export interface StoreLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
