/**
 * The errors of this package. Each carries a `code` that stays the same between releases; the message names the
 * value, the rule and the remedy in one line, and may change.
 */
export class BoomerangError extends Error {
  /** Written out, since what makes bundles small takes classes their names. */
  override readonly name: string = 'BoomerangError';
  /** A stable kebab-case code, such as `bad-strength`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A value that the caller passed breaks a rule. */
export class ArgumentError extends BoomerangError {
  override readonly name = 'ArgumentError';
}

/** A file of a model is absent, damaged, or of a kind that is not supported. */
export class CheckpointError extends BoomerangError {
  override readonly name = 'CheckpointError';
}

/** Something that the machine should have is absent: a package, a backend, a folder that can be written. */
export class EnvironmentError extends BoomerangError {
  override readonly name = 'EnvironmentError';
}

/** A network or a training gave a number that is not finite. */
export class NumericError extends BoomerangError {
  override readonly name = 'NumericError';
}

/**
 * The entry of a table that goes by a name, so that the list of choices in the message can never be out of date.
 *
 * @throws ArgumentError `unknown-<what>`, for example `unknown-solver`.
 */
export const pick = <T>(table: Readonly<Record<string, T>>, name: string, what: string): T => {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry !== undefined) return entry;
  const choices = Object.keys(table).join(', ');
  throw new ArgumentError(
    `unknown-${what.replaceAll(' ', '-')}`,
    `unknown ${what} "${name}"; choose one of: ${choices}`,
  );
};

/** Whether a count is an integer of at least `least`; used at the doors of the package. */
export const isCount = (value: unknown, least = 1): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least;
