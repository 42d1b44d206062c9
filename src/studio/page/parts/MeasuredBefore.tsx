import type { Studio } from '../studio.ts';

/** Says that nothing can be made on this page, and leads back to what was. */
export const MeasuredBefore = ({ studio: { about, choice, choose } }: { readonly studio: Studio }) => {
  const { session } = about;
  const isThere = JSON.stringify(session) === JSON.stringify(choice);
  return (
    <section class="measured-before" aria-label="What this page is">
      <p class="small">This page shows what was measured before. Nothing new is made here.</p>
      <button type="button" disabled={isThere} onClick={() => session && choose(session)}>
        Back to what was measured
      </button>
    </section>
  );
};
