import type { About } from '../../api.ts';

export type ThumbnailProps = {
  readonly about: About;
  readonly image: number;
  /** What it shows; nothing where a name stands beside it. */
  readonly alt?: string;
  readonly isLazy?: boolean;
};

/** Images of at most this many pixels a side are shown as squares of colour instead of smoothed. */
const SMALL = 64;

/** Whether pixels should be seen as what they are. */
export const isSmall = ({ model }: About): boolean => Math.max(model.imageShape[0], model.imageShape[1]) <= SMALL;

/** The name of a class; its number, and that it is one, where it has no other. */
export const className = ({ data }: About, label: number): string => {
  const name = data.classes.find((each) => each.label === label)?.name ?? String(label);
  return /^\d+$/.test(name) ? `class ${name}` : name;
};

/** An image of the data set, in a box that is there before it comes. */
export const Thumbnail = ({ about, image, alt = '', isLazy = false }: ThumbnailProps) => (
  <img
    class={isSmall(about) ? 'pixels' : undefined}
    src={`api/images/${image}${about.isStatic ? '.png' : ''}`}
    alt={alt}
    width={about.model.imageShape[1]}
    height={about.model.imageShape[0]}
    loading={isLazy ? 'lazy' : 'eager'}
    decoding="async"
  />
);
