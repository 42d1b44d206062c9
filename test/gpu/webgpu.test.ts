import { existsSync } from 'node:fs';
import { describeLavapipe } from '../support/lavapipe.ts';
import { shared } from '../support/shared.ts';

describeLavapipe('the WebGPU engine', (run) => {
  const engines = ['autoencoders', 'clipText', 'unet2dCondition', 'onnxNetwork'];

  it('is within 1e-3 of every golden of a network', function () {
    this.timeout(600_000);
    const files = engines.map((name) => `test/engines/${name}.test.ts`);
    const only = 'as a graph|on ONNX|ONNX engine|unet2dGraph';
    run(files, {
      only,
      env: { BOOMERANG_TEST_DEVICE: 'webgpu' },
      least: existsSync(shared('goldens/latent')) ? 34 : 15,
    });
  });

  it('returns images, for several models at a time, awaited or blocking', function () {
    this.timeout(300_000);
    run(['test/gpu/returns.gpu.ts'], { least: 5 });
  });

  it('keeps what the processor goes on with: caches, banks, throws, states, records', function () {
    this.timeout(300_000);
    run(['test/gpu/kept.gpu.ts'], { least: 7 });
  });

  it('takes smaller batches, or leaves the work to the processor, where it fails', function () {
    this.timeout(300_000);
    run(['test/gpu/retreat.gpu.ts'], { least: 5 });
  });

  it('is missed in a line where there is no driver', () => {
    const absent = { VK_DRIVER_FILES: '/absent.json', VK_ICD_FILENAMES: '/absent.json' };
    run(['test/gpu/absent.gpu.ts'], { least: 2, env: absent });
  });

  it('does not take the processor for a GPU where drivers for it are left out, as auto does', () => {
    run(['test/gpu/absent.gpu.ts'], { least: 2, env: { VK_LOADER_DRIVERS_DISABLE: '*lvp*,*lavapipe*,*swiftshader*' } });
  });
});
