import type { About } from '../../../api.ts';

const LINES = `const augment = boomerangAugment({ model, seed: 'run-7', strength: 0.3 });
augment.log('runs');`;

/** What to do where no run is there yet. */
export const NoRuns = ({ about }: { readonly about: About }) => (
  <section class="panel" aria-label="No run yet">
    <p>No run is there yet. Two lines have a training write down what it does, a line of JSON an epoch:</p>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
    <pre tabIndex={0}>
      <code>{LINES}</code>
    </pre>
    <p class="small">
      {about.runs.length === 0
        ? 'Then open the studio with --runs runs.'
        : `The studio looks into: ${about.runs.join(', ')}. Runs appear here once their first epoch is over.`}{' '}
      What boomerang run writes into these folders is shown as well.
    </p>
  </section>
);
