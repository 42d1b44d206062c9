import type { FileRun } from '../../../api.ts';
import { factsOf, stateText } from '../../../fileRun.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import type { SeenFileRuns } from './useFileRuns.ts';

/** A card for each run that writes files: how far it is, and when it will be done. */
export const FileRuns = ({ runs, fault }: SeenFileRuns) => (
  <>
    {fault && <FaultLine fault={fault} />}
    {runs.length > 0 && (
      <section aria-label="Runs that write files">
        <h2>Variants written to files</h2>
        <div class="file-runs">
          {runs.map((run, n) => (
            <Card key={`${n} ${run.name}`} run={run} />
          ))}
        </div>
      </section>
    )}
  </>
);

const Card = ({ run }: { readonly run: FileRun }) => (
  <section class="panel file-run" aria-label={run.name}>
    <h3>{run.name}</h3>
    <p class="small">{stateText(run)}</p>
    <progress max={Math.max(1, run.total)} value={run.done} aria-label={`Made of ${run.name}`} />
    <dl>
      {factsOf(run).map(({ name, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  </section>
);
