import type * as ClientS3 from '@aws-sdk/client-s3';
import type * as LibStorage from '@aws-sdk/lib-storage';
import { EnvironmentError } from '../../../errors.ts';
import { installCommand } from '../../installCommand.ts';
import { finderOf, finders } from '../../packageFiles.ts';

/** What speaks with stores of objects. */
export type S3Packages = { readonly sdk: typeof ClientS3; readonly storage: typeof LibStorage };

const NAMES = { sdk: '@aws-sdk/client-s3', storage: '@aws-sdk/lib-storage' } as const;

/**
 * Loads the packages for stores of objects, which are optional.
 *
 * @param places what looks for packages.
 * @throws EnvironmentError `missing-package`, with the command that installs both.
 */
export const loadS3Packages = (places: readonly NodeJS.Require[] = finders()): S3Packages => {
  const load = (name: string): unknown => {
    const finder = finderOf(name, places);
    if (finder) return finder(name);
    const remedy = installCommand(Object.values(NAMES).join(' '));
    throw new EnvironmentError('missing-package', `s3:// takes ${name}, which is not installed; run: ${remedy}`);
  };
  return { sdk: load(NAMES.sdk) as typeof ClientS3, storage: load(NAMES.storage) as typeof LibStorage };
};
