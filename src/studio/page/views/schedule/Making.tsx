import { USUAL } from '../../../choice.ts';
import { rounded } from '../../../frame.ts';
import { percent } from '../../../survival.ts';
import { NumberField } from '../../parts/Field.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import type { Studio } from '../../studio.ts';

/** How the strength goes on after the first epoch, and whether variants are made once. */
export const Making = ({ studio: { choice, choose } }: { readonly studio: Studio }) => {
  const { schedule, measure } = choice;
  const { adaptive, bank, ...rest } = schedule;
  const value = adaptive ? 'adaptive' : bank > 0 ? 'bank' : 'curve';
  const asCurve = { ...rest, bank: 0 };
  const follow = (part: Partial<NonNullable<typeof adaptive>>): void =>
    choose({ schedule: { ...asCurve, adaptive: { target: measure.target, step: 0.02, ...adaptive, ...part } } });
  return (
    <div class="making">
      <Segmented
        label="Variants"
        value={value}
        segments={[
          { value: 'curve', text: 'new ones, as drawn' },
          { value: 'adaptive', text: 'new ones, adaptive' },
          { value: 'bank', text: 'made once (bank)' },
        ]}
        hint={HINTS[value]}
        onChange={(next) => {
          if (next === 'adaptive') follow({});
          else choose({ schedule: next === 'bank' ? { ...rest, bank: 4 } : asCurve });
        }}
      />
      <div class="fields">
        {adaptive && (
          <>
            <NumberField
              label="Labels to keep, in %"
              hint="What the strength is led by"
              value={rounded(100 * adaptive.target)}
              {...{ min: 1, max: 99, step: 1 }}
              onChange={(target) => follow({ target: target / 100 })}
            />
            <NumberField
              label="Step after an epoch"
              hint={`${percent(adaptive.step)} of the way into noise`}
              value={adaptive.step}
              {...{ min: 0.005, max: 0.5, step: 0.005 }}
              onChange={(step) => follow({ step })}
            />
          </>
        )}
        {bank > 0 && (
          <NumberField
            label="Variants of each image"
            hint="They take turns"
            value={bank}
            {...{ min: 1, max: 1000, step: 1 }}
            onChange={(count) => choose({ schedule: { ...rest, bank: count } })}
          />
        )}
      </div>
    </div>
  );
};

const HINTS = {
  curve: `An image is made anew in every epoch that changes it: most variety, most work. With ${USUAL.schedule.epochs} epochs, up to ${USUAL.schedule.epochs} variants of each.`,
  adaptive:
    'The strength begins where the curve begins; after each epoch it rises by a step if more labels were kept than asked for, and falls by one if fewer were.',
  bank: 'Some variants of each image are made once, all at the strength of the first epoch, and take turns: training hardly waits. The chance of a change still follows its curve.',
} as const;
