import type { ViewName } from './address.ts';
import type { View } from './studio.ts';
import { Images } from './views/Images.tsx';
import { Runs } from './views/Runs.tsx';
import { Schedule } from './views/Schedule.tsx';
import { Strength } from './views/Strength.tsx';
import { Survival } from './views/Survival.tsx';
import { Take } from './views/Take.tsx';

/** A view with its name in the navigation and what somebody does in it, in a sentence. */
export type Listed = { readonly name: ViewName; readonly title: string; readonly lead: string; readonly view: View };

/** All views, in the order in which somebody new goes through them. */
export const VIEWS: readonly Listed[] = [
  {
    name: 'images',
    title: 'Images',
    lead: 'Pick a few images of your data. All other views show what becomes of these.',
    view: Images,
  },
  {
    name: 'strength',
    title: 'Strength',
    lead: 'Each image is thrown part of the way into noise, and the model brings it back as a near relative of itself. Move the slider: the further it is thrown, the more changes.',
    view: Strength,
  },
  {
    name: 'survival',
    title: 'What survives',
    lead: 'A variant that no longer looks like its class teaches the wrong thing. See how far images can be thrown before they lose it.',
    view: Survival,
  },
  {
    name: 'schedule',
    title: 'Schedule',
    lead: 'Draw how strength, and the share of images that are changed, run over your training.',
    view: Schedule,
  },
  {
    name: 'take',
    title: 'Take it along',
    lead: 'The code that trains with what you chose, as it is.',
    view: Take,
  },
  {
    name: 'runs',
    title: 'Runs',
    lead: 'Trainings that write down what they do, and runs that write variants to files, as they go on.',
    view: Runs,
  },
];
