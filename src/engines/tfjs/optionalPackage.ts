import { EnvironmentError } from '../../errors.ts';

/**
 * A package that only some models need.
 *
 * @param load Imports it.
 * @throws EnvironmentError `missing-package` with the command that installs it.
 */
export const optionalPackage = async <T>(name: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    const remedy = `npm install ${name}@4`;
    throw new EnvironmentError(
      'missing-package',
      `this model needs ${name}, which does not load (${reason}); ${remedy}`,
      {
        cause,
      },
    );
  }
};

/** Goes to the `catch` of the import itself, from which bundlers learn that the package may be absent. */
export const mayBeAbsent = (cause: unknown): never => {
  throw cause;
};
