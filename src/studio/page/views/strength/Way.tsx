import type { WayChoice } from '../../../choice.ts';
import { NumberField, SelectField, TextField } from '../../parts/Field.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { Slider } from '../../parts/Slider.tsx';
import type { Studio } from '../../studio.ts';
import { WordsOfWay } from './WordsOfWay.tsx';

/** How images return: only what this model can do is asked. */
export const Way = ({ studio }: { readonly studio: Studio }) => {
  const { about, choice, choose } = studio;
  const { model } = about;
  const { way } = choice;
  const solver = way.solver ?? model.usual.solver;
  const change = (part: WayChoice): void => choose({ way: withoutUsual({ ...way, ...part }, studio) });
  return (
    <details class="way panel">
      <summary>
        How images return <small>{wayText(studio)}</small>
      </summary>
      {about.isStatic && <p class="small">This is how it was measured; only the studio itself makes others.</p>}
      <fieldset class="still" disabled={about.isStatic}>
        <legend class="unseen">How images return</legend>
        <div class="fields">
          <SelectField
            label="Solver"
            value={solver}
            options={model.solvers.map((value) => ({
              value,
              text: value === model.usual.solver ? `${value} (usual)` : value,
            }))}
            onChange={(value) =>
              change({ solver: value, eta: model.drawingSolvers.includes(value) ? way.eta : undefined })
            }
            hint="The method that walks back."
          />
          <NumberField
            label="Steps"
            value={way.steps ?? model.usual.steps}
            {...{ min: 1, max: 1000, step: 1 }}
            onChange={(steps) => change({ steps })}
            hint="More take longer."
          />
          <NumberField
            label="Variants of each"
            value={choice.variants}
            {...{ min: 1, max: 12, step: 1 }}
            onChange={(variants) => choose({ variants })}
          />
          <TextField
            label="Seed"
            value={choice.seed}
            onChange={(seed) => choose({ seed })}
            hint="Another seed, other variants."
          />
        </div>
        {model.drawingSolvers.includes(solver) && (
          <Slider
            label="Fresh noise on the way (eta)"
            value={way.eta ?? model.usual.eta}
            text={(way.eta ?? model.usual.eta).toFixed(2)}
            {...{ min: 0, max: 1, step: 0.05 }}
            onChange={(eta) => change({ eta })}
          />
        )}
        {model.hasClasses && (
          <Segmented
            label="Return to"
            value={way.conditional ? 'own' : 'null'}
            segments={[
              { value: 'null', text: 'Any class (null label)' },
              { value: 'own', text: 'Its own class' },
            ]}
            onChange={(value) => change({ conditional: value === 'own' })}
          />
        )}
        {model.hasText && <WordsOfWay {...{ studio, change }} />}
      </fieldset>
    </details>
  );
};

/** What is as usual is left out, and so stands in no address and no code. */
const withoutUsual = (way: WayChoice, { about }: Studio): WayChoice => {
  const usual: Record<string, unknown> = { ...about.model.usual, conditional: false, prompt: '', negativePrompt: '' };
  return Object.fromEntries(
    Object.entries(way).filter(([name, value]) => value !== undefined && value !== usual[name]),
  );
};

const wayText = ({ about: { model }, choice: { way, variants, seed } }: Studio): string =>
  [
    way.solver ?? model.usual.solver,
    `${way.steps ?? model.usual.steps} steps`,
    ...(way.eta === undefined ? [] : [`eta ${way.eta}`]),
    ...(way.conditional ? ['to its own class'] : []),
    ...(way.prompt ? [`“${way.prompt}”`] : []),
    ...(way.guidance === undefined ? [] : [`guidance ${way.guidance}`]),
    `${variants} of each`,
    `seed ${seed}`,
  ].join(', ');
