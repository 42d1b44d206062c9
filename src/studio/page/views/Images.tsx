import type { View } from '../studio.ts';

export const Images: View = () => <p>Images</p>;
