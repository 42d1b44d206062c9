import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { getHFHubCachePath, HUB_URL } from '@huggingface/hub';

/** What the environment says of the hub, in the variables that Hugging Face's own clients read. */
export type HubSettings = {
  /** Address of the hub, without a slash at its end: `HF_ENDPOINT`. */
  readonly endpoint: string;
  /** `HF_TOKEN`, or what `hf auth login` left in the token file; absent for anonymous use. */
  readonly token?: string;
  /** Folder of the cache that all clients share: `HF_HUB_CACHE`, `HF_HOME/hub`, or `~/.cache/huggingface/hub`. */
  readonly cache: string;
  /** `HF_HUB_OFFLINE`: nothing is asked of the network. */
  readonly isOffline: boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Read at every call, since a program may set its variables after it has loaded this module. */
export const hubSettings = async (): Promise<HubSettings> => {
  const { env } = process;
  const token = isSet(env['HF_HUB_DISABLE_IMPLICIT_TOKEN']) ? undefined : await findToken(env);
  return {
    endpoint: (env['HF_ENDPOINT'] || HUB_URL).replace(/\/+$/, ''),
    ...(token ? { token } : {}),
    cache: hubCacheFolder(),
    isOffline: isSet(env['HF_HUB_OFFLINE'] || env['TRANSFORMERS_OFFLINE']),
  };
};

/** Where models from the hub are kept on this machine. */
export const hubCacheFolder = (): string => expandHome(getHFHubCachePath());

/** As Python's client reads switches. */
const isSet = (value: string | undefined): boolean => /^(1|on|yes|true)$/i.test(value ?? '');

const findToken = async (env: Environment): Promise<string | undefined> => {
  const given = env['HF_TOKEN'] || env['HUGGING_FACE_HUB_TOKEN'];
  if (given) return given.trim();
  const file = env['HF_TOKEN_PATH'] ?? join(homeOfHub(env), 'token');
  const text = await readFile(expandHome(file), 'utf8').catch(() => ''); // nobody has logged in
  return text.trim() || undefined;
};

const homeOfHub = (env: Environment): string =>
  env['HF_HOME'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'huggingface');

const expandHome = (path: string): string => path.replace(/^~(?=[/\\]|$)/, homedir());
