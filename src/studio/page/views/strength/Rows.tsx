import { useState } from 'preact/hooks';
import { Picture, type PictureProps } from '../../parts/Picture.tsx';
import { isSmall, Thumbnail } from '../../parts/Thumbnail.tsx';
import { useRoving } from '../../roving.ts';
import type { Studio } from '../../studio.ts';
import type { Variants } from './useVariants.ts';

export type RowsProps = {
  readonly studio: Studio;
  readonly rows: Variants['rows'];
  readonly isBusy: boolean;
  readonly reveal: PictureProps['reveal'];
};

/** The picked images, each with its variants beside it. */
export const Rows = ({ studio: { about, choice }, rows, isBusy, reveal }: RowsProps) => {
  const { tabIndexOf, onFocusOf, onKeyDown } = useRoving();
  const [held, setHeld] = useState<number>();
  return (
    <div
      class={`rows ${isSmall(about) ? 'small-images' : 'large-images'}`}
      role="toolbar"
      aria-label="Variants; arrow keys go from one to the next"
      aria-busy={isBusy}
      onKeyDown={onKeyDown}
    >
      {[...rows].map(([image, row], line) => (
        <div class="row" key={image}>
          <div class="original">
            <Thumbnail about={about} image={image} alt={`Image ${image}, as it is`} />
            <span class="small">original</span>
          </div>
          <div class="variants">
            {row.map((shown, place) => {
              const index = line * choice.variants + place;
              return (
                <Picture
                  key={place}
                  {...{ about, reveal, variant: shown?.variant, isStale: shown?.isStale ?? false }}
                  label={`Variant ${place + 1} of image ${image}, distance ${shown?.variant.distance.toFixed(3)}`}
                  isHeld={held === index}
                  onHold={() => setHeld(held === index ? undefined : index)}
                  tabIndex={tabIndexOf(index)}
                  onFocus={() => onFocusOf(index)}
                />
              );
            })}
          </div>
        </div>
      ))}
    </div>
  );
};
