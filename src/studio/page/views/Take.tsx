import type { View } from '../studio.ts';

export const Take: View = () => <p>Take</p>;
