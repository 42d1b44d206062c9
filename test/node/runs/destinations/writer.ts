import { once } from 'node:events';
import { openDestination } from '../../../../src/node/runs/destinations/openDestination.ts';

/**
 * A process that writes to a destination. It says `open`, waits for a line, and does what it is for:
 *
 *     race     puts 40 names that are not there yet, and says which of them it was first with
 *     stream   puts `big`, of which the first parts come and then no more
 *     endless  puts `n-0`, `n-1`, …, each of 200,000 bytes, and says each before it is put
 */
const [work = '', place = '', own = ''] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const destination = await openDestination(place);
say('open');
await once(process.stdin, 'data');

if (work === 'race') {
  const names = Array.from({ length: 40 }, (_, n) => `race/${n}`);
  const isFirst = await Promise.all(names.map((name) => destination.putNew(name, Buffer.from(own.repeat(1000)))));
  say(JSON.stringify(names.filter((_, n) => isFirst[n])));
  process.exit();
}

async function* stuck(): AsyncGenerator<Uint8Array> {
  for (let part = 0; part < 20; part += 1) yield new Uint8Array(1 << 20).fill(part);
  say('some parts came');
  await new Promise(() => setInterval(() => undefined, 1000)); // until it is killed
}
if (work === 'stream') await destination.putStream('big', stuck());

for (let n = 0; ; n += 1) {
  say(`putting n-${n}`);
  await destination.putNew(`n-${n}`, new Uint8Array(200_000).fill(n));
}
