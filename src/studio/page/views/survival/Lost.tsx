import { useState } from 'preact/hooks';
import type { About, Done, Fault, Lost as LostVariant, Stage } from '../../../api.ts';
import { type Choice, USUAL } from '../../../choice.ts';
import { withChoice } from '../../ask.ts';
import { useEvents } from '../../parts/events.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Picture } from '../../parts/Picture.tsx';
import { className, isSmall } from '../../parts/Thumbnail.tsx';
import { useRoving } from '../../roving.ts';

/** As many as the server shows. */
const MOST_SHOWN = 100;

export type LostProps = {
  readonly about: About;
  readonly choice: Choice;
  readonly strength: number;
  readonly onClose: () => void;
};

type Told =
  | { readonly type: 'lost'; readonly data: LostVariant }
  | { readonly type: 'stage'; readonly data: Stage }
  | { readonly type: 'done'; readonly data: Done };

type State = {
  readonly lost: readonly LostVariant[];
  readonly isBusy: boolean;
  readonly stage?: Stage;
  readonly fault?: Fault;
};

/** Variants that the classifier takes for another class, at a strength that was measured. */
export const Lost = ({ about, choice: { way, seed, measure }, strength, onClose }: LostProps) => {
  const [state, setState] = useState<State>({ lost: [], isBusy: true });
  const [held, setHeld] = useState<number>();
  const { tabIndexOf, onFocusOf, onKeyDown } = useRoving();
  const { images, variants } = measure;
  const asked = { ...USUAL, way, seed, strength, measure: { ...USUAL.measure, images, variants } };
  useEvents<Told>(withChoice('api/survival/lost', asked), (event) => {
    if (event.type === 'start') setState({ lost: [], isBusy: true });
    if (event.type === 'lost') setState((last) => ({ ...last, lost: [...last.lost, event.data] }));
    if (event.type === 'stage') setState((last) => ({ ...last, stage: event.data }));
    if (event.type === 'fault') setState((last) => ({ ...last, isBusy: false, fault: event.data }));
    if (event.type === 'done') setState((last) => ({ ...last, isBusy: false }));
  });
  const { isBusy } = state;
  return (
    <section class="panel lost" aria-label={`Variants that lost their label at strength ${strength}`}>
      <div class="told">
        <h2>Lost their label at strength {strength}</h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      <p class="small" role="status">
        {isBusy ? `${state.stage?.text ?? 'Looking'}: ${state.lost.length} so far.` : countText(state.lost.length)}{' '}
        Point at one to see its original.
      </p>
      {state.fault && <FaultLine fault={state.fault} />}
      <div
        class={`variants ${isSmall(about) ? 'small-images' : 'large-images'}`}
        role="toolbar"
        aria-label="Lost variants; arrow keys go from one to the next"
        aria-busy={isBusy}
        onKeyDown={onKeyDown}
      >
        {state.lost.map((variant, n) => {
          const [was, became] = [className(about, variant.was), className(about, variant.became)];
          return (
            <Picture
              key={`${variant.image} ${variant.variant}`}
              {...{ about, variant, reveal: 'original' }}
              label={`${was} → ${became}, image ${variant.image}`}
              caption={`${was} → ${became}`}
              isHeld={held === n}
              onHold={() => setHeld(held === n ? undefined : n)}
              tabIndex={tabIndexOf(n)}
              onFocus={() => onFocusOf(n)}
            />
          );
        })}
      </div>
    </section>
  );
};

const countText = (count: number): string => {
  if (count === 0) return 'All variants kept their label here.';
  return count >= MOST_SHOWN ? `The first ${count}.` : `${count} in all.`;
};
