import type { View } from '../studio.ts';

export const Schedule: View = () => <p>Schedule</p>;
