import type { About } from '../../api.ts';

/** Where times were measured, as the end of a sentence. */
export const machineText = ({ isStatic }: About): string =>
  isStatic ? 'on the machine that measured' : 'on this machine';
