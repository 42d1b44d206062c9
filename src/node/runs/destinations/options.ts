/** How a destination is opened. */
export type DestinationOptions = {
  /** Whether it is only read: then a folder must be there, and need not let itself be written. @defaultValue false */
  readonly isReadOnly?: boolean;
};
