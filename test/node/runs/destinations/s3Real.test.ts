import { randomUUID } from 'node:crypto';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';
import { describeWhere } from '../../../support/describeWhere.ts';
import { destinationContract } from './destinationContract.ts';
import { namesOf, settings } from './s3Store.ts';

/** `{ "place": "s3://bucket/prefix", "env": { "AWS_…": "…" } }`: `.ci/radosgw` starts such a store, and prints it. */
const given = process.env['BOOMERANG_TEST_S3'];

const where = given !== undefined || 'needs BOOMERANG_TEST_S3, a store with conditional writes that others use too';

describeWhere(where, 'a destination in a store that others use too keeps what every destination does: it', () => {
  const { place, env } = JSON.parse(given ?? '') as { readonly place: string; readonly env: Record<string, string> };
  let own = '';
  beforeEach(() => {
    own = `${place}/${randomUUID()}`;
  });
  afterEach(async () => {
    const destination = await openDestination(own);
    for (const name of await namesOf(destination)) await destination.remove(name);
    await destination.sweep();
    await destination.close();
  });
  settings(() => env); // taken back after what is put is removed
  destinationContract({ place: () => own, env: () => env, isExclusive: true, page: 1000 });
});
