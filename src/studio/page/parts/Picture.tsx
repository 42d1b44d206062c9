import type { About, Variant } from '../../api.ts';
import { isSmall, Thumbnail } from './Thumbnail.tsx';

export type PictureProps = {
  readonly about: About;
  /** None while it is being made: its room is kept. */
  readonly variant: Variant | undefined;
  /** Whether it is of a choice that is gone by, and another is being made. */
  readonly isStale?: boolean;
  /** What is seen of it while it is pointed at, has the focus, or is held. */
  readonly reveal: 'difference' | 'original';
  /** What it is, for those who cannot see it. */
  readonly label: string;
  /** What stands below it. @defaultValue its distance */
  readonly caption?: string;
  readonly isHeld: boolean;
  readonly onHold: () => void;
  readonly tabIndex?: 0 | -1;
  readonly onFocus?: () => void;
};

/** A variant which shows its original, or the difference to it, in its own place. */
export const Picture = ({ about, variant, isStale = false, reveal, label, isHeld, ...rest }: PictureProps) => {
  if (variant === undefined) {
    return (
      <span class="picture waiting">
        <span class="frame" />
        <span class="number"> </span>
      </span>
    );
  }
  const { caption = variant.distance.toFixed(3), onHold, tabIndex = 0, onFocus } = rest;
  return (
    <button
      type="button"
      class={`picture ${reveal}${isStale ? ' stale' : ''}`}
      aria-label={label}
      aria-pressed={isHeld}
      data-strength={variant.strength}
      onClick={onHold}
      tabIndex={tabIndex}
      {...(onFocus ? { onFocus } : {})}
    >
      <span class="frame">
        <img
          class={isSmall(about) ? 'pixels' : undefined}
          src={variant.url}
          alt=""
          width={about.model.imageShape[1]}
          height={about.model.imageShape[0]}
        />
        <span class="over">
          <Thumbnail about={about} image={variant.image} />
        </span>
      </span>
      <span class="number">{caption}</span>
    </button>
  );
};
