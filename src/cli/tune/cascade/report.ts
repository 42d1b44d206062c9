import type { PlainThrow } from '../../../apps/enhance/cascade.ts';
import type { CascadeCalibration } from '../../../apps/enhance/cascades/calibrateCascade.ts';
import type { CascadePoint } from '../../../apps/enhance/cascades/chooseCascade.ts';
import { cascadeText } from '../../enhance/cascadeText.ts';
import { type ReportedModel, reportedModel } from '../../reportedModel.ts';
import type { CascadeBench } from './bench.ts';
import type { CascadeTuning } from './options.ts';
import { codeOf, commandOf } from './ready.ts';

/** What a cascade is worth, and what a result of an image takes. */
export type ReportedCascade = Omit<CascadePoint, 'cascade'> & {
  /** As `--cascade` takes it; empty without the model. */
  readonly cascade: string;
  readonly throws: readonly PlainThrow[];
  readonly seconds: number;
};

/** What `boomerang tune --task enhance` found: the contents of `cascade.json`. */
export type CascadeReport = {
  readonly version: 1;
  readonly task: 'enhance';
  readonly model: ReportedModel;
  readonly backend: string;
  readonly data: { readonly folder: string; readonly images: number; readonly of: number };
  readonly fit: CascadeTuning['fit'];
  readonly factor: number;
  readonly degrade: string;
  /** Standard deviation, of 255. */
  readonly noise: number;
  readonly way: CascadeTuning['way'];
  readonly goal: CascadeTuning['goal'];
  /** Of how many results the mean was taken. */
  readonly samples: number;
  readonly seed: string;
  /** Network calls, image by image, of all that was measured. */
  readonly evaluations: number;
  readonly chosen: ReportedCascade;
  readonly best: ReportedCascade;
  readonly points: readonly ReportedCascade[];
  readonly baseline: ReportedCascade;
  readonly gain: CascadeCalibration['gain'];
  /** What to do with it. */
  readonly command: string;
  readonly code: string;
};

/** What a result of an image took, by the text of its cascade. */
export type Seconds = ReadonlyMap<string, number>;

export const cascadeReport = (
  { tuning, model, names, data, places }: CascadeBench,
  { chosen, best, points, baseline, gain, evaluations, samples }: CascadeCalibration,
  seconds: Seconds,
): CascadeReport => {
  const { fit, factor, degrade, noise, way, goal, seed } = tuning;
  const reported = ({ cascade, ...point }: CascadePoint): ReportedCascade => {
    const text = cascadeText(cascade);
    return { cascade: text, throws: cascade, ...point, seconds: seconds.get(text) ?? 0 };
  };
  const ready = { tuning, model: names.model, cascade: chosen.cascade };
  return {
    ...{ version: 1, task: 'enhance', model: reportedModel(names.model, model), backend: names.backend },
    data: { folder: names.folder, images: places.length, of: data.count },
    ...{ fit, factor, degrade, noise, way, goal, samples, seed, evaluations },
    chosen: reported(chosen),
    best: reported(best),
    points: points.map(reported),
    baseline: reported(baseline),
    gain,
    command: commandOf(ready),
    code: codeOf(ready),
  };
};
