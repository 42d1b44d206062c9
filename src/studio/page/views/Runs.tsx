import type { View } from '../studio.ts';

export const Runs: View = () => <p>Runs</p>;
