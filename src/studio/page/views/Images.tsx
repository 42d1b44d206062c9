import { MOST_PICKED } from '../picking.ts';
import { usePlace } from '../place.ts';
import type { View } from '../studio.ts';
import { ClassChooser } from './images/ClassChooser.tsx';
import { ClassRows } from './images/ClassRows.tsx';
import { OneClass } from './images/OneClass.tsx';
import { Refused } from './images/Refused.tsx';

/** The data set by its classes, of which some images are picked. */
export const Images: View = ({ studio }) => {
  const { about, choice } = studio;
  const { place, goTo } = usePlace();
  const page = Math.max(0, Math.trunc(Number(place['page'] ?? 1)) - 1) || 0;
  const chosen = about.data.classes.find(({ label }) => String(label) === place['label']);
  const isFull = choice.images.length >= MOST_PICKED;
  return (
    <>
      <ClassChooser
        about={about}
        chosen={chosen?.label}
        onChoose={(label) => goTo(label === undefined ? {} : { label })}
      />
      <p class="small picking" role="status">
        {isFull
          ? `${MOST_PICKED} images are picked, which is the most: take one out before you pick another.`
          : 'Click an image to pick it, and once more to take it out. By keyboard: arrow keys and Enter.'}
      </p>
      {about.measured && (
        <p class="small">
          On this page are the first {about.measured.perClass} images of each class at most. Variants were made of{' '}
          {about.measured.images.length} of all images, and only these can be picked: the others are pale.
        </p>
      )}
      {chosen === undefined ? (
        <ClassRows {...{ studio, page, goTo }} />
      ) : (
        <OneClass key={chosen.label} {...{ studio, page, goTo, label: chosen.label, count: chosen.count }} />
      )}
      <Refused refused={about.data.refused} />
    </>
  );
};
