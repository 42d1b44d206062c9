import type { ImagePage } from '../../api.ts';
import type { StudioContext } from '../context.ts';
import { Refusal } from '../faults.ts';
import { pngOf } from '../png.ts';
import { wholeNumber } from '../query.ts';
import type { Route } from './route.ts';

const MOST_ON_A_PAGE = 500;

/** The images of the data set: by pages, and each as it is. */
export const images: Route = (app, context) => {
  const { data } = context;
  app.get('/api/images', (c) => {
    const label = wholeNumber(c, 'label', { most: data.classes.length - 1 });
    const page = wholeNumber(c, 'page', { most: data.count }) ?? 0;
    const size = wholeNumber(c, 'size', { least: 1, most: MOST_ON_A_PAGE }) ?? 60;
    return c.json(pageOf(context, { label, page, size }), 200, { 'cache-control': 'no-store' });
  });
  app.get('/api/images/:image', async (c) => {
    const image = Number(c.req.param('image'));
    if (!/^\d{1,10}$/.test(c.req.param('image')) || image >= data.count) throw noImage(data.count);
    const tag = `"${data.digest}-${image}"`;
    const headers = { etag: tag, 'cache-control': 'no-cache' };
    if (c.req.header('if-none-match') === tag) return c.body(null, 304, headers);
    const size = data.bytes.length / data.count;
    const bytes = data.bytes.subarray(image * size, (image + 1) * size);
    return c.body(await pngOf(bytes, data.imageShape), 200, { ...headers, 'content-type': 'image/png' });
  });
};

const noImage = (count: number): Refusal =>
  new Refusal(404, 'no-such-image', `the images of this data set are 0 to ${count - 1}`);

type Asked = { readonly label: number | undefined; readonly page: number; readonly size: number };

const pageOf = ({ data }: StudioContext, { label, page, size }: Asked): ImagePage => {
  const places = data.labels.flatMap((own, image) => (label === undefined || own === label ? [image] : []));
  const shown = places.slice(page * size, (page + 1) * size);
  return { images: shown.map((image) => ({ image, label: data.labels[image] as number })), total: places.length };
};
