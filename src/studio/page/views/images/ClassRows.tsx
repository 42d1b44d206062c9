import type { ImagePage } from '../../../api.ts';
import { IMAGES_IN_A_ROW } from '../../../firstOfEach.ts';
import { useAsked } from '../../ask.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { className } from '../../parts/Thumbnail.tsx';
import type { Place } from '../../place.ts';
import type { Studio } from '../../studio.ts';
import { Pager } from './Pager.tsx';
import { Tiles } from './Tiles.tsx';

const CLASSES_ON_A_PAGE = 10;

export type ClassRowsProps = { readonly studio: Studio; readonly page: number; readonly goTo: Place['goTo'] };

/** The first images of each class, a page of classes at a time. */
export const ClassRows = ({ studio, page, goTo }: ClassRowsProps) => {
  const { classes } = studio.about.data;
  const pages = Math.ceil(classes.length / CLASSES_ON_A_PAGE);
  const first = Math.min(page, pages - 1) * CLASSES_ON_A_PAGE;
  return (
    <>
      <div class="classes">
        {classes.slice(first, first + CLASSES_ON_A_PAGE).map(({ label, count }) => (
          <ClassRow key={label} {...{ studio, label, count }} onAll={() => goTo({ label: String(label) })} />
        ))}
      </div>
      <Pager of="classes" page={page} pages={pages} onPage={(next) => goTo({ page: String(next + 1) })} />
    </>
  );
};

type ClassRowProps = {
  readonly studio: Studio;
  readonly label: number;
  readonly count: number;
  readonly onAll: () => void;
};

const ClassRow = ({ studio, label, count, onAll }: ClassRowProps) => {
  const name = className(studio.about, label);
  const { value, fault } = useAsked<ImagePage>(`api/images?label=${label}&page=0&size=${IMAGES_IN_A_ROW}`);
  return (
    <section class="class">
      <h2>{name}</h2>
      {count > IMAGES_IN_A_ROW && !studio.about.isStatic && (
        <button type="button" class="link" onClick={onAll}>
          All {count.toLocaleString('en')}
          <span class="unseen"> of {name}</span>
        </button>
      )}
      {fault && <FaultLine fault={fault} />}
      {count === 0 && <p class="small">The data set holds no image of this class.</p>}
      <Tiles
        studio={studio}
        label={`${name}: the first ${Math.min(count, IMAGES_IN_A_ROW)} of ${count}`}
        images={value?.images}
        expected={Math.min(count, IMAGES_IN_A_ROW)}
      />
    </section>
  );
};
