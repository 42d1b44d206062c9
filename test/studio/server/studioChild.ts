import { openStudio } from '../../../src/studio/server/openStudio.ts';
import { PAGE, settingOf } from '../../support/studioServer.ts';

/* A studio in a process of its own, that can be killed. */
const { address } = await openStudio(settingOf({ report: console.error }), { page: PAGE });
console.log(address);
