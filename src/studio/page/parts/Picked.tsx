import { useState } from 'preact/hooks';
import type { Fault } from '../../api.ts';
import { faultIn } from '../ask.ts';
import { MOST_PICKED, pickSome, toggled } from '../picking.ts';
import type { Studio } from '../studio.ts';
import { FaultLine } from './FaultLine.tsx';
import { Thumbnail } from './Thumbnail.tsx';

/** The picked images, seen in all views; each of them can be taken out here. */
export const Picked = ({ studio: { about, choice, choose } }: { readonly studio: Studio }) => {
  const [fault, setFault] = useState<Fault>();
  const { images } = choice;
  const pick = (): void => {
    setFault(undefined);
    pickSome(about).then(
      (picked) => choose({ images: picked }),
      (error) => setFault(faultIn(error)),
    );
  };
  return (
    <section class="picked" aria-label="Picked images">
      {images.length === 0 ? (
        <p>Nothing is picked yet.</p>
      ) : (
        <ul>
          {images.map((image) => (
            <li key={image}>
              <button
                type="button"
                aria-label={`Take image ${image} out`}
                title={`Take image ${image} out`}
                onClick={() => choose({ images: toggled(images, image) })}
              >
                <Thumbnail about={about} image={image} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="count" aria-live="polite">
        {images.length > 0 && `${images.length} of at most ${MOST_PICKED}`}
      </p>
      <button type="button" class="act" onClick={images.length === 0 ? pick : () => choose({ images: [] })}>
        {images.length === 0 ? 'Pick some for me' : 'Clear'}
      </button>
      {fault && <FaultLine fault={fault} />}
    </section>
  );
};
