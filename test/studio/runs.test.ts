import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import sharp from 'sharp';
import type { Run } from '../../src/studio/api.ts';
import { scratchFolder } from '../support/scratch.ts';
import { listen } from './listen.ts';
import { chosen, numberedClasses, openTestStudio, type StudioTest } from './studioServer.ts';

const line = (epoch: number, more: object = {}): string =>
  `${JSON.stringify({ epoch, images: 10, strength: 0.3, changed: 0.5, time: '2026-01-01T00:00:00.000Z', ...more })}\n`;

describe('runs in the studio', function () {
  this.timeout(20_000);
  const path = scratchFolder();
  let studio: StudioTest;
  beforeEach(async () => {
    mkdirSync(path('runs'));
    studio = await openTestStudio(numberedClasses(path('images')), { runs: [path('runs'), path('not-there')] });
  });
  afterEach(() => studio.close());
  const listed = async (): Promise<Run[]> => (await (await studio.get('/api/runs')).json()) as Run[];

  it('are listed with their epochs and what is damaged in them, by numbers that stay', async () => {
    expect(await listed()).to.deep.equal([]);
    writeFileSync(path('runs/b.jsonl'), `${line(0)}${line(1)}torn\n${line(0, { begins: true })}{"epoch":1`);
    writeFileSync(path('runs/notes.txt'), 'no run');
    expect(await listed()).to.deep.equal([{ run: 0, name: 'runs/b', epochs: 1, damaged: 1 }]);
    writeFileSync(path('runs/a.jsonl'), '');
    expect(await listed()).to.deep.equal([
      { run: 1, name: 'runs/a', epochs: 0, damaged: 0 },
      { run: 0, name: 'runs/b', epochs: 1, damaged: 1 },
    ]);
  });

  it('tell what is there, and then each epoch when it is whole, of two runs at once', async () => {
    writeFileSync(path('runs/a.jsonl'), line(0));
    writeFileSync(path('runs/b.jsonl'), line(0, { loss: 2 }));
    await listed();
    const leave = new AbortController();
    const next = listen(await studio.get('/api/runs/events?ids=0,1', leave.signal));
    const first = await next('seen');
    expect(first.map((event) => event.split(' ')[0])).to.deep.equal(['epoch', 'epoch', 'seen']);
    const whole = line(1, { labelsKept: 0.9 });
    appendFileSync(path('runs/b.jsonl'), whole.slice(0, 20));
    await next('seen');
    appendFileSync(path('runs/b.jsonl'), whole.slice(20));
    expect((await next('labelsKept')).join('\n')).to.match(/epoch \{"run":1,"epoch":\{"epoch":1,.*"labelsKept":0.9/);
    appendFileSync(path('runs/a.jsonl'), 'torn\n');
    expect((await next('damaged')).at(-1)).to.equal('damaged {"run":0,"lines":1}');
    writeFileSync(path('runs/a.jsonl'), '');
    await next('anew');
    rmSync(path('runs/b.jsonl'));
    await next('anew');
    leave.abort();
  });

  it('are asked for by numbers that were listed, and by nothing else', async () => {
    for (const [ids, code, status] of [
      ['', 'bad-ids', 400],
      ['../a', 'bad-ids', 400],
      ['0,1,2,3,4,5,6,7,8', 'bad-ids', 400],
      ['7', 'no-such-run', 404],
    ] as const) {
      const response = await studio.get(`/api/runs/events?ids=${encodeURIComponent(ids)}`);
      expect(response.status).to.equal(status);
      expect((await response.json()) as object).to.have.nested.property('error.code', code);
    }
  });

  it('stand beside a contact sheet, which is a picture of what was picked, or refused in a line', async () => {
    const response = await studio.post('/api/sheet', chosen({ variants: 2, way: { steps: 2 } }));
    if (!response.ok) throw new Error(await response.text());
    expect(response.headers.get('content-type')).to.equal('image/png');
    const { width = 0, height = 0 } = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
    expect([width > 350, height > 180]).to.deep.equal([true, true]);
    const none = await studio.post('/api/sheet', chosen({ images: [] }));
    expect((await none.json()) as object).to.have.nested.property('error.code', 'no-images');
    const odd = await studio.post('/api/export', '{"version":2}');
    expect((await odd.json()) as object).to.have.nested.property('error.code', 'bad-choice');
  });
});
