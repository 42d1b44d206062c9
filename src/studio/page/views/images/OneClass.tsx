import type { ImagePage } from '../../../api.ts';
import { useAsked } from '../../ask.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { className } from '../../parts/Thumbnail.tsx';
import type { Place } from '../../place.ts';
import type { Studio } from '../../studio.ts';
import { Pager } from './Pager.tsx';
import { Tiles } from './Tiles.tsx';

const IMAGES_ON_A_PAGE = 96;

export type OneClassProps = {
  readonly studio: Studio;
  readonly label: number;
  /** Images of the class. */
  readonly count: number;
  readonly page: number;
  readonly goTo: Place['goTo'];
};

/** All images of a class, a page at a time. */
export const OneClass = ({ studio, label, count, page: asked, goTo }: OneClassProps) => {
  const { measured } = studio.about;
  const size = measured?.perClass ?? IMAGES_ON_A_PAGE;
  const pages = measured ? 1 : Math.max(1, Math.ceil(count / size));
  const page = Math.min(asked, pages - 1);
  const path = `api/images?label=${label}&page=${page}&size=${size}`;
  const { value, fault } = useAsked<ImagePage>(path);
  const name = className(studio.about, label);
  return (
    <section class="class">
      <h2>{name}</h2>
      {fault && <FaultLine fault={fault} />}
      <Tiles
        key={page}
        studio={studio}
        label={
          measured ? `${name}: the first ${Math.min(size, count)} of ${count}` : `${name}: page ${page + 1} of ${pages}`
        }
        images={value?.images}
        expected={Math.min(size, count - page * size)}
      />
      <Pager
        of="images"
        page={page}
        pages={pages}
        onPage={(next) => goTo({ label: String(label), page: String(next + 1) })}
      />
    </section>
  );
};
