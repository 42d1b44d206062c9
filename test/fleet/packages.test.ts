import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { root } from '../support/shared.ts';

const PACKAGES = { bullmq: 'importBullmq', ioredis: 'importIoredis', 'prom-client': 'importPromClient' } as const;

/** Node as it is where packages are not installed: they are not found, wherever they are imported. */
const without = (names: readonly string[]): readonly string[] => {
  const resolve = `export const resolve = (asked, context, next) => ${JSON.stringify(names)}.includes(asked)
    ? Promise.reject(Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' })) : next(asked, context);`;
  const hook = `data:text/javascript,${encodeURIComponent(resolve)}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(hook)});`;
  return ['--import', `data:text/javascript,${encodeURIComponent(register)}`];
};

describe('the packages of a queue', () => {
  it('are needed by nobody else, and each is named with what installs it', () => {
    const ask = `await import('./src/cli/program.ts');
      const packages = await import('./src/fleet/packages.ts');
      for (const load of ${JSON.stringify(Object.values(PACKAGES))}) {
        await packages[load]().catch(({ code, message }) => console.log(code, message));
      }`;
    const names = Object.keys(PACKAGES);
    const flags = [...without(names), '--import', 'tsx', '--input-type', 'module', '-e', ask];
    const { stdout, stderr } = spawnSync(process.execPath, flags, { cwd: root, encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    expect(lines, stderr).to.have.length(names.length);
    for (const [n, name] of names.entries()) {
      expect(lines[n]).to.match(
        new RegExp(`^missing-package .* ${name}, which is not installed; run: npm install (--save-dev )?${name}$`),
      );
    }
  });
});
