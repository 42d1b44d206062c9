import { BoomerangError } from '../../errors.ts';
import type { StudioSetting } from './context.ts';
import { doorFile, keepDoor, keptDoor, newToken } from './door.ts';
import type { BuiltPage } from './page.ts';
import { type ServedStudio, serveStudio } from './serve.ts';

export type OpenOptions = {
  /** The one that was asked for. @defaultValue that of last time if it is free, else any */
  readonly port?: number;
  readonly page: BuiltPage;
};

/**
 * Serves the studio where it was last time, for the same images and the same model.
 *
 * @throws EnvironmentError `port-in-use`, `cannot-listen`
 */
export const openStudio = async (context: StudioSetting, { port, page }: OpenOptions): Promise<ServedStudio> => {
  const file = await doorFile(context);
  const kept = await keptDoor(file);
  const token = kept?.token ?? newToken();
  const served = await serveFirst(context, { ports: port === undefined ? [kept?.port ?? 0, 0] : [port], token, page });
  await keepDoor(file, { port: served.port, token }).catch((error: unknown) => {
    context.report(error); // all works, but a page will not find the studio again
  });
  return served;
};

type Serving = { readonly ports: readonly number[]; readonly token: string; readonly page: BuiltPage };

const serveFirst = async (context: StudioSetting, { ports, token, page }: Serving): Promise<ServedStudio> => {
  const [port = 0, ...others] = ports;
  try {
    return await serveStudio(context, { port, token, page });
  } catch (error) {
    if (others.length === 0 || !(error instanceof BoomerangError)) throw error;
    return serveFirst(context, { ports: others, token, page });
  }
};
