import { useMemo } from 'preact/hooks';
import { reachOf, reachPerClass } from '../../../../calibrate/reach.ts';
import { bandText, percent } from '../../../survival.ts';
import { className } from '../../parts/Thumbnail.tsx';
import { useSettled } from '../../useSettled.ts';
import type { SurvivedProps } from './Kept.tsx';

/** The bootstrap of thousands of images takes a moment, so it follows the target a little later. */
const SETTLE_MS = 250;

/** Up to which strength labels survive, of all classes and of each. */
export const PerClass = ({ studio: { about, choice }, survived }: Omit<SurvivedProps, 'band'>) => {
  const measure = useSettled(choice.measure, SETTLE_MS);
  const rows = useMemo(() => {
    const labels = survived.points[0]?.labels ?? [];
    if (labels.length === 0) return [];
    const wanted = { ...measure, seed: choice.seed };
    const names = Array.from({ length: Math.max(...labels) + 1 }, (_, label) => className(about, label));
    const classes = reachPerClass(survived, wanted, { labels, names });
    return [{ name: 'all', ...reachOf(survived, wanted) }, ...classes];
  }, [survived, measure, choice.seed, about]);
  if (rows.length === 0) return null;
  const isShort = rows.length - 1 < about.data.classes.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="scroll" tabIndex={0} aria-label="Reach of each class">
      <table>
        <caption>How far labels survive: {percent(measure.target)} of variants keep theirs up to this strength</caption>
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">images</th>
            <th scope="col">strength</th>
            <th scope="col">95 % interval</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, images, strength, strengthInterval }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{images}</td>
              <td>{strength.toFixed(2)}</td>
              <td>{bandText(strengthInterval)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {isShort && <p class="small">Classes with fewer than 10 images that the classifier gets right are left out.</p>}
    </section>
  );
};
