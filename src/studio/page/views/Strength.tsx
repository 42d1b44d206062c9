import type { View } from '../studio.ts';

export const Strength: View = () => <p>Strength</p>;
