import type { Destination } from '../../../../src/node/runs/destination.ts';
import { type S3Server, startS3Server } from '../../../support/s3Server.ts';
import type { Conditional } from '../../../support/s3Taught.ts';

/** Settings of this process for the tests of a suite, put back after each. */
export const settings = (env: () => Readonly<Record<string, string>>): void => {
  let usual: NodeJS.ProcessEnv;
  beforeEach(() => {
    usual = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, env());
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in usual)) delete process.env[name];
    Object.assign(process.env, usual);
  });
};

/** A store on this machine for a suite, empty before each test. */
export const s3Store = (conditional: Conditional): (() => S3Server) => {
  let server: S3Server;
  before(async () => {
    server = await startS3Server(conditional);
  });
  beforeEach(async () => {
    await server.empty();
    server.asked.length = 0;
  });
  after(() => server.close());
  settings(() => server.env);
  return () => server;
};

export const namesOf = async (destination: Destination): Promise<string[]> => {
  const found: string[] = [];
  for await (const name of destination.list('')) found.push(name);
  return found;
};
