import type { OnProgress, Phase } from '../../apps/anonymise/run.ts';
import { type Progress, startProgress } from '../progress.ts';
import type { TerminalStream } from '../streams.ts';

const WORDS: Readonly<Record<Phase, string>> = {
  looking: 'looking at originals',
  choosing: 'choosing strength',
  copying: 'making copies',
  attacking: 'trying attacks',
};

/** Shows how far each phase of a run is, one after another. */
export const watchPhases = (stderr: TerminalStream): { readonly update: OnProgress; readonly stop: () => void } => {
  let current: { readonly phase: Phase; readonly progress: Progress } | undefined;
  const stop = (): void => {
    current?.progress.stop();
    current = undefined;
  };
  return {
    stop,
    update(phase, share) {
      if (current?.phase !== phase) {
        stop();
        current = { phase, progress: startProgress(stderr, WORDS[phase]) };
      }
      current.progress.update(share);
      if (share === 1) stop();
    },
  };
};
