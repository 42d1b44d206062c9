import type { View } from '../studio.ts';

export const Survival: View = () => <p>Survival</p>;
