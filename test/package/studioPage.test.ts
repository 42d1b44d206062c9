import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build, type Rolldown } from 'vite';
import { root } from '../support/shared.ts';

/** Kilobytes of the page as they are sent, compressed, without the charts. */
const LIMIT = 150;

type Part = Rolldown.OutputAsset | Rolldown.OutputChunk;

const contentOf = (part: Part): string | Uint8Array => (part.type === 'chunk' ? part.code : part.source);
const kilobytes = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => sum + gzipSync(contentOf(part)).length, 0) / 1000;

describe('the page of the studio, as it is built for the package', () => {
  let parts: readonly Part[];

  before(async function () {
    this.timeout(120_000);
    const configFile = join(root, 'src/studio/page/vite.config.ts');
    const built = await build({ configFile, logLevel: 'silent', build: { write: false } });
    parts = (built as Rolldown.RolldownOutput).output;
  });

  /** What a script asks for at once, itself among them. */
  const first = (): readonly Part[] => {
    const chunks = parts.filter((part) => part.type === 'chunk');
    const names = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
    for (const name of names)
      for (const next of chunks.find((each) => each.fileName === name)?.imports ?? []) names.add(next);
    return parts.filter(({ type, fileName }) => (type === 'chunk' ? names.has(fileName) : !fileName.endsWith('.md')));
  };

  it(`is below ${LIMIT} kB without the charts, which come when they are needed`, () => {
    const sent = first();
    const later = parts.filter((part) => part.type === 'chunk' && !sent.includes(part));
    console.log(
      `      ${kilobytes(sent).toFixed(1)} kB, compressed; ${kilobytes(later).toFixed(1)} kB when they are needed`,
    );
    expect(sent).to.not.be.empty;
    expect(kilobytes(sent)).to.be.below(LIMIT);
    const modules = sent.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
    expect(modules.filter((id) => /@observablehq|[/]d3-/.test(id))).to.deep.equal([]);
  });

  it('asks no other machine, and holds no script or style in its HTML', () => {
    const [page] = parts.filter(({ fileName }) => fileName === 'index.html').map((part) => String(contentOf(part)));
    expect(page).to.match(/<script type="module"[^>]* src="\.\//);
    expect(page).to.not.match(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:/);
    const styles = parts.filter(({ fileName }) => fileName.endsWith('.css')).map((part) => String(contentOf(part)));
    expect(styles.join('')).to.not.match(/url\(|@import/);
  });

  it('names the licences of what it is made of', () => {
    const [licences] = parts
      .filter(({ fileName }) => fileName === 'licences.md')
      .map((part) => String(contentOf(part)));
    expect(licences).to.match(/preact .*MIT/);
  });
});
