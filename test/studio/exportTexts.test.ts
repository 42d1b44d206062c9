import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import ts from 'typescript';
import { imageSet } from '../../src/node/data/imageSet.ts';
import { withLabels } from '../../src/node/data/labelledImages.ts';
import * as schedules from '../../src/schedules/schedules.ts';
import type { Choice, Curve } from '../../src/studio/choice.ts';
import { curveCode } from '../../src/studio/export/curveCode.ts';
import { exportFor } from '../../src/studio/server/routes/export.ts';
import { gaussianModel } from '../support/gaussianModel.ts';
import { root } from '../support/shared.ts';
import { greyImages, settingOf } from '../support/studioServer.ts';
import { expectNoLeak } from '../support/tensors.ts';
import { chosen } from './studioServer.ts';

const CURVES: readonly Curve[] = [
  0.25,
  ['constant', 0.3],
  ['ramp', 0.1, 0.5],
  ['cosine', 0.5, -0.25],
  ['stepwise', [0.1, 1e-7, 0.2]],
  ['perEpoch', [0.3, 0.1]],
  ['cyclic', 0.1, 0.7, 4],
  ['warmUp', 3, 0.4],
  ['during', 1, 4, 0.4],
  ['during', 2, 5, ['perEpoch', [0, 0.1, 0.2, 0.3, 0.4]]],
  ['warmUp', 2, ['cyclic', 0.1, 0.7, 3]],
  ['warmUp', 3, ['during', 1, 5, ['stepwise', [0.2, 0.4]]]],
  ['during', 1, 6, ['warmUp', 4, ['cosine', 0.1, 0.9]]],
];

describe('a curve as code', () => {
  for (const curve of CURVES) {
    const { code, imports } = curveCode(curve);
    it(`has the values of the curve: ${code}`, () => {
      const calls = imports.map((name) => Reflect.get(schedules, name));
      const made = new Function(...imports, `'use strict'; return ${code};`)(...calls) as number | schedules.Schedule;
      for (const epochs of [1, 7]) {
        const over = (schedule: number | schedules.Schedule): number[] =>
          Array.from({ length: epochs + 1 }, (_, n) => schedules.valueAt(schedule, schedules.pointAt(n, epochs)));
        expect(over(made)).to.deep.equal(over(schedules.scheduleFrom(curve)));
      }
    });
  }
});

/** What TypeScript finds wrong in a program that stands in this checkout. */
const typeFaults = (text: string): string[] => {
  const name = join(root, 'train.ts');
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.getSourceFile = (file, version) =>
    file === name ? ts.createSourceFile(file, text, version) : getSourceFile(file, version);
  const program = ts.createProgram([name], options, host);
  const source = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
};

describe('a program for images whose classes the model numbers otherwise', () => {
  const { bytes, imageShape, labels } = greyImages();
  const data = withLabels(imageSet({ bytes, imageShape, labels, classes: ['left', 'right'] }), 'greys');
  const exported = (classes: readonly string[], change: Partial<Choice> = {}) => {
    const model = { ...gaussianModel(), labels: { count: 4, nullLabel: 3, classes } };
    return exportFor(settingOf({ model, data }), chosen({ way: { conditional: true }, ...change }));
  };
  const OTHERWISE = ['right', 'up', 'left'];

  it('tells the model its own number of each class', async () => {
    const { typescript } = exported(OTHERWISE);
    expect(typescript).to.include('labels: modelLabels,').and.to.include('conditional: true,');
    const [code = ''] = /^const TOLD[\s\S]*?^};/m.exec(typescript) ?? [];
    const told = new Function('tf', `${ts.transpile(code)}; return modelLabels;`)(tf) as (e: unknown) => number[];
    await expectNoLeak(() => {
      const ys = tf.tensor2d([
        [1, 0],
        [0, 1],
        [1, 0],
      ]); // left, right, left
      expect(told({ ys })).to.deep.equal([2, 0, 2]);
      ys.dispose();
    });
  });

  it('says beside the config that it does not hold these numbers', () => {
    const { config, configNotes } = exported(OTHERWISE);
    expect(config).to.have.deep.property('live', ['labels']);
    expect(config).to.have.nested.property('options.conditional', true);
    expect(configNotes).to.have.lengthOf(1);
    expect(configNotes[0]).to.match(/^How the model numbers classes .*\(live: labels\)/);
  });

  it('is an ordinary one where the numbers are the same', () => {
    const { typescript, config, configNotes } = exported(['left', 'right']);
    expect(typescript).to.include("labels: 'ys',").and.to.not.include('TOLD');
    expect(config).to.have.nested.property('options.labels', 'ys');
    expect(configNotes).to.deep.equal([]);
  });

  it('has right types, with what adapts as well, which judges by the numbers of the model', () => {
    const schedule = { ...chosen().schedule, adaptive: { target: 0.9, step: 0.05 } };
    const { typescript, configNotes } = exported(OTHERWISE, { schedule });
    expect(typescript).to.include('labels: own.map((label) => TOLD[label] as number)');
    expect(configNotes.map((note) => /live: \w+/.exec(note)?.[0])).to.deep.equal(['live: strength', 'live: labels']);
    expect(typeFaults(typescript)).to.deep.equal([]);
    expect(typeFaults(typescript.replace('labels: modelLabels', 'labels: TOLD'))).to.not.deep.equal([]);
  }).timeout(120_000);
});
