import type { StudioSetting } from '../../studio/server/context.ts';
import type { BuiltPage } from '../../studio/server/page.ts';
import { checkFolder, openFolder } from '../../studio/server/written/folder.ts';
import { type InProcess, inProcess } from '../../studio/server/written/inProcess.ts';
import { strengthsFor } from '../../studio/server/written/plan.ts';
import { type Cost, costOf, wholeChoice } from '../../studio/server/written/start.ts';
import { type Writing, writePage } from '../../studio/server/written/writePage.ts';
import { describeSeconds } from '../duration.ts';
import { watch } from '../progress.ts';
import type { Streams } from '../streams.ts';

export type StaticOptions = { readonly out: string; readonly page: BuiltPage; readonly isDry: boolean };

/**
 * Measures what the studio shows, and writes it with the page into a folder for any web server.
 *
 * @throws EnvironmentError `bad-output`, and what the studio answers with.
 */
export const writeStatic = async (
  setting: StudioSetting,
  { out, page, isDry }: StaticOptions,
  streams: Streams,
): Promise<void> => {
  await checkFolder(out);
  const studio = inProcess(setting);
  try {
    const choice = await wholeChoice(studio, setting.session);
    const strengths = strengthsFor(choice);
    const cost = await costOf(setting, studio, { choice, strengths, page });
    (isDry ? streams.stdout : streams.stderr).write(`${describeCost(cost)}\n`);
    if (!isDry) await write(setting, studio, { choice, strengths, page, out, streams });
  } finally {
    studio.dispose();
  }
};

type What = Pick<Writing, 'choice' | 'strengths' | 'page'> & { readonly out: string; readonly streams: Streams };

const write = async (setting: StudioSetting, studio: InProcess, { out, streams, ...what }: What): Promise<void> => {
  const folder = await openFolder(out);
  const unmeasured: string[] = [];
  try {
    await watch(streams.stderr, 'page', (onShare) =>
      writePage(setting, studio, { ...what, folder, onShare, onUnmeasured: (why) => void unmeasured.push(why) }),
    );
    await folder.finish();
  } finally {
    await folder.drop();
  }
  for (const why of unmeasured) streams.stderr.write(`what survives was not measured, and the page says so: ${why}\n`);
  streams.stderr.write(
    `${size(folder.bytes())}; whoever can read the page sees images of your data, and where they lie as you typed it\n`,
  );
  streams.stdout.write(`${out}\n`);
};

const describeCost = ({ images, variants, strengths, seconds, bytes }: Cost): string =>
  `${images} images, ${variants} variants at ${strengths} strengths and over the schedule, and what survives: ` +
  `about ${describeSeconds(seconds)}, beside a classifier that may have to be trained, and ${size(bytes)}`;

const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
