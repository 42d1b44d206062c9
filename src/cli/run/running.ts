import type { Model } from '../../models/model.ts';
import type { DataPlace } from '../../node/runs/openData.ts';
import type { RunPlan } from '../../node/runs/plan.ts';
import type { Way } from '../../node/tuning/way.ts';
import type { Asked } from './asked.ts';
import type { RunCommand } from './options.ts';

/** Data that is open. */
export type OpenPlace = DataPlace & Required<Pick<DataPlace, 'opened'>>;

/** What is to be made, and from what. */
export type Running = {
  readonly options: RunCommand;
  readonly asked: Asked;
  readonly plan: RunPlan;
  /** With the names of classes that the prompt calls. */
  readonly way: Way;
  readonly place: OpenPlace;
  readonly model: Model;
};
