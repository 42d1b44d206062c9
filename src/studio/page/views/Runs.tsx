import { useState } from 'preact/hooks';
import type { Run } from '../../api.ts';
import { useAsked } from '../ask.ts';
import { FaultLine } from '../parts/FaultLine.tsx';
import { usePlace } from '../place.ts';
import type { View } from '../studio.ts';
import { Charts } from './runs/Charts.tsx';
import { FileRuns } from './runs/FileRuns.tsx';
import { NoRuns } from './runs/NoRuns.tsx';
import { useFileRuns } from './runs/useFileRuns.ts';
import { useRuns } from './runs/useRuns.ts';

/** Trainings that write down what they do, two at most beside each other, and runs that write files: as they go on. */
export const Runs: View = ({ studio: { about } }) => {
  const [times, setTimes] = useState(0);
  const { value: runs, fault } = useAsked<readonly Run[]>(about.isStatic ? undefined : `api/runs?look=${times}`);
  const { place, goTo } = usePlace();
  const asked = (place['runs'] ?? '')
    .split(',')
    .filter((text) => /^\d+$/.test(text))
    .map(Number);
  const there = (runs ?? []).map(({ run }) => run);
  const shown = (place['runs'] === undefined ? there.slice(0, 2) : asked.filter((run) => there.includes(run))).slice(
    0,
    2,
  );
  const seen = useRuns(shown);
  const files = useFileRuns(!about.isStatic);
  const toggle = (run: number): void => {
    const next = shown.includes(run) ? shown.filter((one) => one !== run) : [...shown, run].slice(-2);
    goTo({ runs: next.join(',') });
  };
  if (about.isStatic) return <p class="empty">Runs are live, and this page shows what was measured before.</p>;
  return (
    <>
      {fault && <FaultLine fault={fault} />}
      <FileRuns {...files} />
      {runs?.length === 0 && files.runs.length === 0 && <NoRuns about={about} />}
      <div class="run-list">
        <fieldset>
          <legend>Runs to show, two at most</legend>
          {(runs ?? []).map(({ run, name, epochs, damaged }) => (
            <label key={run}>
              <input type="checkbox" checked={shown.includes(run)} onChange={() => toggle(run)} />
              <span>
                {name} <small>{told(epochs, damaged)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <button type="button" onClick={() => setTimes(times + 1)}>
          Look for runs again
        </button>
      </div>
      {seen.fault && <FaultLine fault={seen.fault} />}
      {shown.length > 0 && <Charts names={new Map(runs?.map(({ run, name }) => [run, name]))} seen={seen.runs} />}
    </>
  );
};

const told = (epochs: number, damaged: number): string =>
  `${counted(epochs, 'epoch')}${damaged > 0 ? `, ${counted(damaged, 'damaged line')} left out` : ''}`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
