import type { Fault } from '../../api.ts';

/** What went wrong, in a line, with the code that can be looked up. */
export const FaultLine = ({ fault }: { readonly fault: Fault }) => (
  <p class="fault" role="alert">
    {fault.message} <code>{fault.code}</code>
  </p>
);
