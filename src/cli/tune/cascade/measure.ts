import * as tf from '@tensorflow/tfjs-core';
import { calibrateCascade } from '../../../apps/enhance/cascades/calibrateCascade.ts';
import type { MeasuredCascade } from '../../../apps/enhance/cascades/measured.ts';
import { watchModel } from '../../../node/tuning/watchModel.ts';
import { cascadeText } from '../../enhance/cascadeText.ts';
import type { KeptFile } from '../keptFile.ts';
import { type CascadeBench, calibrating, originalsOf } from './bench.ts';
import { type CascadeReport, cascadeReport } from './report.ts';
import { type ShownRow, shownImages } from './shown.ts';

/** What a cascade made of the images, and how long a result of an image took. */
export type TimedCascade = MeasuredCascade & { readonly seconds: number };

export type CascadeMeasuring = {
  readonly kept: KeptFile<TimedCascade>;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
};

export type CascadesMeasured = { readonly report: CascadeReport; readonly shown: readonly ShownRow[] };

/** Measures all cascades that are not kept, and shows what the chosen one does. */
export const measureCascades = async (
  bench: CascadeBench,
  { kept, signal, onProgress }: CascadeMeasuring,
): Promise<CascadesMeasured> => {
  const { tuning, places } = bench;
  const model = watchModel(bench.model, { signal });
  const images = tf.tensor4d(...originalsOf(bench));
  const seconds = new Map(kept.stored.map((one) => [cascadeText(one.cascade), one.seconds]));
  let mark = performance.now();
  try {
    const found = await calibrateCascade(model, images, {
      ...calibrating(tuning),
      signal,
      known: kept.stored,
      onProgress: (done, total) => onProgress(done / total),
      async onMeasured(measured) {
        const each = (performance.now() - mark) / 1000 / (places.length * tuning.samples);
        seconds.set(cascadeText(measured.cascade), each);
        await kept.keep({ ...measured, seconds: each });
        mark = performance.now(); // writing is not what a result takes
      },
    });
    return {
      report: cascadeReport(bench, found, seconds),
      shown: await shownImages(model, bench, found.cascade),
    };
  } finally {
    images.dispose();
  }
};
