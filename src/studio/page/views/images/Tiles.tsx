import { className, Thumbnail } from '../../parts/Thumbnail.tsx';
import { canPick, toggled } from '../../picking.ts';
import { useRoving } from '../../roving.ts';
import type { Studio } from '../../studio.ts';

export type TilesProps = {
  readonly studio: Studio;
  /** What the tiles are, for those who cannot see them. */
  readonly label: string;
  /** None while they are not known. */
  readonly images: readonly { readonly image: number; readonly label: number }[] | undefined;
  /** How many there will be, so that their room is kept. */
  readonly expected: number;
};

/** Images that can be picked. */
export const Tiles = ({ studio: { about, choice, choose }, label, images, expected }: TilesProps) => {
  const { tabIndexOf, onFocusOf, onKeyDown } = useRoving();
  if (images === undefined) {
    return (
      <div class="tiles" aria-busy="true">
        {Array.from({ length: expected }, (_, place) => (
          <span key={place} class="tile" />
        ))}
      </div>
    );
  }
  return (
    <div class="tiles" role="toolbar" aria-label={label} onKeyDown={onKeyDown}>
      {images.map(({ image, label: own }, index) => (
        <button
          key={image}
          type="button"
          class="tile"
          aria-pressed={choice.images.includes(image)}
          aria-disabled={!canPick(about, image)}
          aria-label={`${className(about, own)}, image ${image}`}
          tabIndex={tabIndexOf(index)}
          onFocus={() => onFocusOf(index)}
          onClick={() => canPick(about, image) && choose({ images: toggled(choice.images, image) })}
        >
          <Thumbnail about={about} image={image} isLazy />
        </button>
      ))}
    </div>
  );
};
