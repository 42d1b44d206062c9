import { about } from './about.ts';
import { epochs } from './epochs.ts';
import { exporting } from './export.ts';
import { writing } from './fileRuns.ts';
import { images } from './images.ts';
import type { Route } from './route.ts';
import { runs } from './runs.ts';
import { sheet } from './sheet.ts';
import { survival } from './survival.ts';
import { variants } from './variants.ts';

export const ROUTES: readonly Route[] = [about, images, variants, survival, epochs, exporting, sheet, runs, writing];
