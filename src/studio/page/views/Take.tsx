import { useEffect, useState } from 'preact/hooks';
import type { Export, Fault } from '../../api.ts';
import { ask, faultIn } from '../ask.ts';
import { FaultLine } from '../parts/FaultLine.tsx';
import type { Studio, View } from '../studio.ts';
import { Files } from './take/Files.tsx';
import { Listing } from './take/Listing.tsx';

/** Texts to copy and files to keep, of all that was chosen. */
export const Take: View = ({ studio }) => {
  const { exported, fault } = useExport(studio);
  return (
    <div class="take">
      {fault && <FaultLine fault={fault} />}
      <Files studio={studio} exported={exported} />
      <Listing
        title="The program"
        lead="A whole program: it opens the model and the images, augments, and trains a small network in whose place yours goes."
        name="train.ts"
        text={exported?.typescript}
      />
      <Listing
        title="The config"
        lead="What augmentFrom(config, { model }) reads, for code that keeps its settings in files."
        name="config.json"
        text={exported && JSON.stringify(exported.config, undefined, 2)}
        notes={exported?.configNotes ?? []}
      />
      <Listing
        title="In a terminal"
        lead="Commands that measure and show the same."
        name="commands.sh"
        text={exported?.command}
      />
    </div>
  );
};

/** What the server makes of the choice; the last texts stay until those of a new choice are there. */
const useExport = ({ choice }: Studio): { exported?: Export; fault?: Fault } => {
  const [answer, setAnswer] = useState<{ exported?: Export; fault?: Fault }>({});
  const body = JSON.stringify(choice);
  useEffect(() => {
    const abort = new AbortController();
    const posted = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    ask('api/export', { ...posted, signal: abort.signal })
      .then((response) => response.json() as Promise<Export>)
      .then((exported) => setAnswer({ exported }))
      .catch((error) => {
        if (!abort.signal.aborted) setAnswer({ fault: faultIn(error) });
      });
    return () => abort.abort();
  }, [body]);
  return answer;
};
