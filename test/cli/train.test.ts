import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import sharp from 'sharp';
import { watchTraining } from '../../src/cli/trainProgress.ts';
import { uniform } from '../../src/random.ts';
import { runInProcess } from '../support/cli.ts';
import { scratchFolder } from '../support/scratch.ts';
import { root } from '../support/shared.ts';
import { expectNoLeak } from '../support/tensors.ts';

const CONFIG = {
  sample_size: 8,
  in_channels: 1,
  out_channels: 1,
  block_out_channels: [4, 4],
  down_block_types: ['DownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 2,
  attention_head_dim: 4,
};

describe('boomerang train', () => {
  const path = scratchFolder();

  beforeEach(async () => {
    writeFileSync(path('config.json'), JSON.stringify(CONFIG));
    for (let n = 0; n < 42; n += 1) {
      const home = path(`images/${n % 2 === 0 ? 'dark' : 'bright'}`);
      mkdirSync(home, { recursive: true });
      const pixels = Uint8Array.from({ length: 64 }, (_, i) => (n % 2) * 128 + ((i * n) % 100));
      const image = sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } });
      await image
        .toColourspace('b-w')
        .png()
        .toFile(join(home, `${n}.png`));
    }
  });

  const argv = (out: string, ...more: string[]): string[] => {
    const fixed = ['train', path('images'), '--out', path(out), '--config', path('config.json'), '--backend', 'wasm'];
    return [...fixed, '--batch', '2', '--look-every', '60', ...more];
  };
  const weights = (out: string): string =>
    readFileSync(path(`${out}/unet/diffusion_pytorch_model.safetensors`)).toString('base64');

  it('says what it passes over, and asks what a folder is where that cannot be told', async () => {
    writeFileSync(path('images/labels.csv'), 'x');
    const passed = await runInProcess(argv('model', '--steps', '1', '--dry-run'));
    expect(passed.stderr)
      .to.include('42 images')
      .and.match(/^ {2}skipped labels\.csv: it is no image/m);
    mkdirSync(path('images/test'));
    writeFileSync(path('images/test/0.png'), readFileSync(path('images/dark/0.png')));
    const asked = await runInProcess(argv('model', '--steps', '1', '--dry-run'));
    expect(asked.stderr).to.match(/^error ambiguous-parts: [^\n]+"test"[^\n]+--folders[^\n]+\n$/);
    const told = await runInProcess(argv('model', '--steps', '1', '--dry-run', '--folders', 'classes'));
    expect(told.stderr).to.include('43 images of 8 x 8 of 3 classes');
  });

  it('makes a model of a folder of images, which sample uses', () =>
    expectNoLeak(async () => {
      const { status, stdout, stderr } = await runInProcess(argv('model', '--steps', '4', '--classes', '--json'));
      expect(status, stderr).to.equal(0);
      const figures = JSON.parse(stdout);
      expect(figures).to.include({ steps: 4, isStopped: false });
      expect(figures.heldOut.fifths).to.have.length(5);
      expect(stderr).to.match(
        /^backend: wasm\n42 images of 8 x 8 of 2 classes\n[\d.]+ s a step, [\d.]+ images a second; memory about \d+ MB\n4 steps and what follows take about .*\n[\d.]+ images a second\nstep 4: error/,
      );
      const image = path('images/dark/2.png');
      const out = [
        '--out',
        path('sheet.png'),
        '--steps',
        '1',
        '--variants',
        '1',
        '--strength',
        '0.5',
        '--backend',
        'wasm',
      ];
      const sampled = await runInProcess(['sample', image, '--model', path('model'), '--label', 'bright', ...out]);
      expect(sampled.status, sampled.stderr).to.equal(0);
    }));

  it('trains a model further, and keeps to a bar where somebody looks', async () => {
    await runInProcess(argv('model', '--steps', '1'));
    const more = [
      'train',
      path('images'),
      '--out',
      path('more'),
      '--from',
      path('model'),
      '--batch',
      '2',
      '--steps',
      '1',
    ];
    const { status, stdout, stderr } = await runInProcess([...more, '--backend', 'wasm'], { isTTY: true });
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(/^steps +1\n/);
    expect(weights('more')).to.not.equal(weights('model'));
  });

  it('says how long it would take and writes nothing', async () => {
    const { status, stdout } = await runInProcess(argv('model', '--epochs', '10', '--dry-run', '--json'));
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ steps: 195, microBatch: 2 }); // 3 of 42 images are held out
    expect(existsSync(path('model'))).to.equal(false);
  });

  it('says in plain words how good the result is, and ends with an error when it diverges', async () => {
    const { stdout } = await runInProcess(argv('model', '--steps', '1'));
    expect(stdout).to.match(/\nIt has learned nothing of use: [\d.]+ against [\d.]+ for guessing/);
    const wild = await runInProcess(argv('wild', '--steps', '4', '--learning-rate', '1e32'));
    expect(wild.stderr).to.match(/\nerror diverged: .*--learning-rate[^\n]*\n$/);
    expect(wild.status).to.equal(2);
  });

  it('says off a terminal how far it is, however long a step takes', async () => {
    let said = '';
    const stream = new Writable({
      write(chunk, _encoding, done) {
        said += chunk;
        done();
      },
    });
    const { onStep, stop } = watchTraining(stream, 1);
    const patience = async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(said)) await new Promise((done) => setImmediate(done));
    };
    await patience(/^preparing for 0 s\n/);
    const rest = { loss: 1, smoothed: 1, learningRate: 1e-3, imagesPerSecond: 2, progress: 0.25 };
    onStep({ stage: 'denoiser', step: 7, ...rest, secondsLeft: 3000 });
    await patience(/25.0 % \| step 7, .*, 50 min left\n/);
    stop();
  });

  const refusals: readonly [title: string, more: string[], code: string][] = [
    ['two lengths', ['--steps', '1', '--minutes', '1'], 'bad-length'],
    ['two networks', ['--preset', '28-grey'], 'bad-network'],
    ['a batch of nothing', ['--batch', '0'], 'bad-batch'],
    ['an unknown way to fit', ['--fit', 'squeeze'], 'unknown-fit'],
  ];
  for (const [title, more, code] of refusals) {
    it(`refuses ${title} in one line, before anything is written`, async () => {
      const { status, stderr } = await runInProcess(argv('model', ...more));
      expect(stderr).to.match(new RegExp(`error ${code}: [^\\n]+\\n$`));
      expect(status).to.equal(2);
      expect(existsSync(path('model'))).to.equal(false);
    });
  }

  it('refuses images of another size, and adapts them as told', async () => {
    const grey = [...argv('model', '--steps', '1').slice(0, 4), '--preset', '28-grey', '--steps', '1', '--dry-run'];
    const refused = await runInProcess([...grey, '--backend', 'wasm', '--batch', '1']);
    expect(refused.stderr).to.match(/^error wrong-image-size: .*8 x 8.*28 x 28/);
    expect((await runInProcess([...grey, '--backend', 'wasm', '--batch', '1', '--fit', 'pad'])).status).to.equal(0);
  });

  describe('with an autoencoder', () => {
    const AUTOENCODER = {
      _class_name: 'AutoencoderTiny',
      in_channels: 1,
      out_channels: 1,
      latent_channels: 2,
      encoder_block_out_channels: [4, 4],
      decoder_block_out_channels: [4, 4],
      num_encoder_blocks: [1, 1],
      num_decoder_blocks: [1, 1],
    };

    beforeEach(() => {
      const denoiser = { ...CONFIG, sample_size: 4, in_channels: 2, out_channels: 2 };
      writeFileSync(path('config.json'), JSON.stringify(denoiser));
      writeFileSync(path('autoencoder.json'), JSON.stringify(AUTOENCODER));
    });
    const latent = (out: string, ...more: string[]): string[] =>
      argv(out, '--autoencoder', path('autoencoder.json'), '--flip', ...more);

    it('makes a model that walks in latents, says which stage it is in, and goes on in either', () =>
      expectNoLeak(async () => {
        const { status, stdout, stderr } = await runInProcess(latent('model', '--steps', '5'));
        expect(status, stderr).to.equal(0);
        expect(stderr).to.match(
          /\nautoencoder: [\d.]+ s a step.*\ndenoiser: .*\n3 steps and what goes before and follows/,
        );
        expect(stderr).to.match(/\nautoencoder, step 2: [\d.]+ dB on 3 held-out images\n/);
        expect(stderr).to.match(/\nencoded 78 images once\n/);
        expect(stderr).to.match(/\nstep 3: error [\d.]+ on 3 held-out images/);
        expect(stdout).to.match(/^autoencoder +2 steps, [\d.]+ dB on held-out images\nsteps +3\n/);
        const image = [path('images/dark/2.png'), '--model', path('model'), '--out', path('sheet.png')];
        const way = ['--steps', '1', '--variants', '1', '--strength', '0.5', '--backend', 'wasm'];
        const sampled = await runInProcess(['sample', ...image, ...way]);
        expect(sampled.status, sampled.stderr).to.equal(0);
        const resumed = await runInProcess(latent('model', '--steps', '5', '--resume'));
        expect(resumed.status, resumed.stderr).to.equal(0);
        expect(resumed.stderr)
          .to.match(/going on after step 3\n/)
          .and.not.include('encoded');
      }));

    it('says how long both stages would take and writes nothing', async () => {
      const { status, stdout } = await runInProcess(latent('model', '--steps', '10', '--dry-run', '--json'));
      expect(status).to.equal(0);
      const plan = JSON.parse(stdout);
      expect(plan).to.include({ steps: 6 });
      expect(plan.autoencoder).to.include({ steps: 4 });
      expect(existsSync(path('model'))).to.equal(false);
    });

    it('refuses in one line what does not fit together', async () => {
      const wrong = { ...AUTOENCODER, latent_channels: 4 };
      writeFileSync(path('wrong.json'), JSON.stringify(wrong));
      writeFileSync(path('kl.json'), JSON.stringify({ ...AUTOENCODER, _class_name: 'NoSuch' }));
      const cases = [
        [argv('model', '--autoencoder', path('wrong.json')), 'bad-network'],
        [argv('model', '--autoencoder', path('kl.json')), 'unsupported-config'],
        [argv('model', '--autoencoder', path('none.json')), 'bad-config'],
        [['train', path('images'), '--out', path('model'), '--preset', '28-grey', '--autoencoder', 'x'], 'bad-network'],
        [['train', path('images'), '--out', path('model'), '--preset', '64-colour-latent'], 'wrong-image-size'],
      ] as const;
      for (const [args, code] of cases) {
        const { status, stderr } = await runInProcess([...args, '--steps', '1']);
        expect(stderr).to.match(new RegExp(`^error ${code}: [^\\n]+\\n$`));
        expect(status).to.be.above(0);
      }
      expect(existsSync(path('model'))).to.equal(false);
    });

    it('does not train further what walks in latents', async () => {
      await runInProcess(latent('model', '--steps', '1'));
      const args = ['train', path('images'), '--out', path('more'), '--from', path('model'), '--steps', '1'];
      const { stderr } = await runInProcess(args);
      expect(stderr).to.match(/^error latent-from: [^\n]+--preset\n$/);
    });
  });

  describe('in a process of its own', () => {
    const start = (...args: string[]) =>
      spawn(process.execPath, ['--import', 'tsx', join(root, 'src/cli/main.ts'), ...args], {
        cwd: root,
        stdio: 'pipe',
      });
    const STEPS = ['--steps', '60', '--save-every', '0'];

    it('goes on where it was after kill -9 at any moment: the weights are those of a run in one go', async () => {
      await runInProcess(argv('whole', ...STEPS));
      const state = path('killed/training-state.safetensors');
      for (let kill = 0; kill < 3; kill += 1) {
        const child = start(...argv('killed', ...STEPS, '--resume'));
        const seen = kill === 0 || existsSync(state);
        while (child.exitCode === null && !(existsSync(state) && seen))
          await new Promise((done) => setTimeout(done, 10));
        // From its start on, in which it reads the state, into its steps, which write it.
        const moment = kill === 0 ? 0 : 1000 + 1200 * uniform(['kill', kill]);
        await Promise.race([once(child, 'exit'), new Promise((done) => setTimeout(done, moment))]);
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      const { status, stderr } = await runInProcess(argv('killed', ...STEPS, '--resume'));
      expect(status, stderr).to.equal(0);
      expect(stderr).to.match(/going on after step \d+\n/);
      expect(weights('killed')).to.equal(weights('whole'));
    });

    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`keeps what was done at ${signal}, though it is not yet time to save: a resumed run is as one in one go`, async () => {
        const steps = ['--steps', '60', '--save-every', '60'];
        await runInProcess(argv('whole', ...steps));
        const child = start(...argv('stopped', ...steps));
        let said = '';
        for await (const text of child.stderr) {
          said += text;
          if (!child.killed && /\n[\d.]+ images a second\n/.test(said)) child.kill(signal); // after the third step
        }
        expect(child.exitCode ?? (await once(child, 'exit'))[0], said).to.equal(signal === 'SIGINT' ? 130 : 143);
        expect(said).to.match(/stopped; the same command with --resume goes on\n$/);
        const { status, stderr } = await runInProcess(argv('stopped', ...steps, '--resume'));
        expect(status, stderr).to.equal(0);
        expect(stderr).to.match(/going on after step \d+\n/);
        expect(weights('stopped')).to.equal(weights('whole'));
      });
    }

    it('goes on after kill -9 in either stage of a model that walks in latents', async () => {
      const latent = { ...CONFIG, sample_size: 4, in_channels: 2, out_channels: 2 };
      const [encoder, decoder] = [{ encoder_block_out_channels: [4, 4] }, { decoder_block_out_channels: [4, 4] }];
      const blocks = { num_encoder_blocks: [1, 1], num_decoder_blocks: [1, 1], latent_channels: 2 };
      const channels = { in_channels: 1, out_channels: 1 };
      const autoencoder = { _class_name: 'AutoencoderTiny', ...channels, ...encoder, ...decoder, ...blocks };
      writeFileSync(path('config.json'), JSON.stringify(latent));
      writeFileSync(path('autoencoder.json'), JSON.stringify(autoencoder));
      const way = ['--autoencoder', path('autoencoder.json'), ...STEPS];
      await runInProcess(argv('whole', ...way));
      for (const file of ['autoencoder-state.safetensors', 'training-state.safetensors']) {
        const child = start(...argv('killed', ...way, '--resume'));
        while (child.exitCode === null && !existsSync(path(`killed/${file}`))) {
          await new Promise((done) => setTimeout(done, 5));
        }
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }
      const { status, stderr } = await runInProcess(argv('killed', ...way, '--resume'));
      expect(status, stderr).to.equal(0);
      expect(stderr).to.match(/going on after step \d+\n/);
      expect(weights('killed')).to.equal(weights('whole'));
    });

    it('ends in order at Ctrl-C with status 130, and says how to go on', async () => {
      const child = start(...argv('stopped', '--minutes', '5', '--save-every', '0'));
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
      });
      while (child.exitCode === null && !existsSync(path('stopped/training-state.safetensors'))) {
        await new Promise((done) => setTimeout(done, 20));
      }
      child.kill('SIGINT');
      const [status] = await once(child, 'exit');
      expect(status, said).to.equal(130);
      expect(said).to.match(/--resume/);
      expect(weights('stopped')).to.not.equal('');
    });
  });
});
