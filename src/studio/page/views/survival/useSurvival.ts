import { useEffect, useState } from 'preact/hooks';
import type { Done, Fault, Stage, SurvivalPoint } from '../../../api.ts';
import { USUAL } from '../../../choice.ts';
import { STRENGTHS } from '../../../survival.ts';
import { withChoice } from '../../ask.ts';
import { keepSpeed, keepSurvivalPoint, useSurvivalPoints } from '../../measured.ts';
import { useEvents } from '../../parts/events.ts';
import type { Studio } from '../../studio.ts';

export type Survival = {
  readonly points: readonly SurvivalPoint[];
  readonly isWhole: boolean;
  readonly isRunning: boolean;
  readonly stage?: Stage | undefined;
  readonly fault?: Fault | undefined;
  readonly start: () => void;
  readonly stop: () => void;
};

type Told =
  | { readonly type: 'stage'; readonly data: Stage }
  | { readonly type: 'point'; readonly data: SurvivalPoint }
  | { readonly type: 'done'; readonly data: Done };

/**
 * What is measured of the chosen way, as it is measured. It begins when it is told to, and ends with the view or when
 * another way is chosen; what was measured stays. Moving the target asks for nothing.
 */
export const useSurvival = ({ about, choice }: Studio): Survival => {
  const { way, seed, measure } = choice;
  const points = useSurvivalPoints(about, choice);
  const asked = {
    ...USUAL,
    way,
    seed,
    measure: { ...USUAL.measure, images: measure.images, variants: measure.variants },
  };
  const address = withChoice('api/survival', asked);
  const [running, setRunning] = useState<string>();
  const [told, setTold] = useState<{ readonly stage?: Stage; readonly fault?: Fault }>({});
  const isRunning = running === address;
  const isWhole = STRENGTHS.every((strength) =>
    points.some((point) => !point.roundTrip && point.strength === strength),
  );
  useEffect(() => {
    if (about.isStatic && !isWhole)
      setRunning(address); // it was measured before, and is only read
    else setRunning((last) => (last === address ? last : undefined)); // another way ends what was running for good
    setTold({});
  }, [about.isStatic, address, isWhole]);
  useEvents<Told>(isRunning ? address : undefined, (event) => {
    if (event.type === 'stage') setTold({ stage: event.data });
    if (event.type === 'fault') setTold({ fault: event.data });
    if (event.type === 'done' || event.type === 'fault') setRunning(undefined);
    if (event.type !== 'point') return;
    keepSurvivalPoint(about, choice, event.data);
    keepSpeed(about, choice, event.data.secondsPerVariant);
  });
  const start = (): void => {
    setTold({});
    setRunning(address);
  };
  return { points, isWhole, isRunning, ...told, start, stop: () => setRunning(undefined) };
};
