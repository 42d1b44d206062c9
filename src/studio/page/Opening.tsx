import { useEffect } from 'preact/hooks';
import type { About } from '../api.ts';
import { useAsked } from './ask.ts';
import { watchConnection } from './connection.ts';
import { FaultLine } from './parts/FaultLine.tsx';
import { Shell } from './Shell.tsx';

/** Asks the server what it has, and opens the page with it. */
export const Opening = () => {
  const { value: about, fault } = useAsked<About>('api/about');
  const isStatic = about?.isStatic ?? false;
  useEffect(() => (isStatic ? undefined : watchConnection()), [isStatic]);
  if (about) return <Shell about={about} />;
  return (
    <main class="opening" aria-busy={!fault}>
      {fault ? <FaultLine fault={fault} /> : <p>Opening the studio …</p>}
    </main>
  );
};
