import { expect } from 'chai';
import { estimate } from '../../benchmarks/classifier/intervals.ts';
import type { RunRecord } from '../../benchmarks/classifier/record.ts';
import { looksOf } from '../../benchmarks/classifier/report/armLooks.ts';
import { reportHtml, summaryTable } from '../../benchmarks/classifier/report.ts';
import { wordsOf } from '../support/pageWords.ts';
import { ARMS, syntheticRuns, syntheticStudy } from './classifierStudy.ts';

const PAIR = ['classical', 'classical+boomerang'];

/** Runs of the two arms that the answer is about, at 20 labels: the second gains so much, seed by seed. */
const runsGaining = (gains: readonly number[], labels = 20): RunRecord[] =>
  syntheticRuns({ arms: PAIR, labels: [labels], seeds: gains.length }).map((run, n) => ({
    ...run,
    accuracy: 0.75 + (run.arm === 'classical' ? 0 : (gains[Math.floor(n / 2)] as number)),
  }));

const answerOf = async (runs: readonly RunRecord[]): Promise<string> => {
  const page = await reportHtml(syntheticStudy(), runs);
  return wordsOf(/<p class="lead">[\s\S]*?<section>/.exec(page)?.[0] ?? '');
};

describe('the answer of the classifier report', () => {
  it('is the gain with its interval and the seeds that agree', async () => {
    const gains = [0.02, 0.03, 0.025, 0.015, 0.035];
    const half = 100 * (estimate(gains).half as number);
    const interval = `${(2.5 - half).toFixed(1)} to ${(2.5 + half).toFixed(1)}`;
    expect(await answerOf(runsGaining(gains))).to.include(
      `At 20 labels a class, “classical + Boomerang” was 2.5 points above “classical” (95 % interval ${interval}; above in 5 of 5 seeds).`,
    );
  });

  it('says first when not to use it, and what it is good for, where no gain is shown', async () => {
    const advice =
      /^\s*Do not use Boomerang to augment .* where the augmentation of “classical” can be had; it is good for copies /;
    expect(await answerOf(runsGaining([0.03, -0.02, 0.01, -0.01, 0.02]))).to.match(advice);
    expect(await answerOf(runsGaining([-0.03, -0.02, -0.025]))).to.match(advice);
    for (const gains of [[0.02, 0.03, 0.025], [0.03]]) {
      expect(await answerOf(runsGaining(gains))).to.not.include('Do not use');
    }
  });

  it('says as plainly that nothing is shown, that it does harm, and that one seed is too little', async () => {
    expect(await answerOf(runsGaining([0.03, -0.02, 0.01, -0.01, 0.02]))).to.include('does not show that it helps');
    expect(await answerOf(runsGaining([-0.03, -0.02, -0.025]))).to.match(/2\.5 points below “classical” .* worse/);
    expect(await answerOf(runsGaining([0.01, -0.01, 0.0004]))).to.include('was level with “classical” (95 %');
    expect(await answerOf(runsGaining([0.03]))).to.include('too little to judge by');
    expect(await answerOf(syntheticRuns({ arms: ['none'] }))).to.include('There is no answer yet');
  });

  it('says of other numbers of labels which are told apart from classical and which are not', async () => {
    const clear = [0.02, 0.03, 0.025];
    const answer = await answerOf([
      ...runsGaining(clear),
      ...runsGaining(clear, 10),
      ...runsGaining([0.01, -0.01, 0], 50),
      ...runsGaining([-0.02, -0.03, -0.025], 500),
    ]);
    expect(answer).to.include(
      'above classical at 10 (the interval excludes zero); below classical at 500 (the interval excludes zero); ' +
        'not told apart from classical at 50 (the interval includes zero).',
    );
  });
});

describe('the summary table', () => {
  const runs = syntheticRuns();
  const rows = summaryTable(runs)
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));

  it('has a row for each arm, a column for each number of labels, and the gain in the last row', () => {
    expect(rows[0]).to.deep.equal(['labels a class', '10', '20', '50', '100', '500']);
    expect(rows).to.have.length(2 + ARMS.length + 1);
    expect(rows.at(-1)?.[0]).to.equal('gain of classical + Boomerang over classical');
  });

  it('shows the means of the records, and the gain as the difference of two means', () => {
    const meanOf = (arm: string, labels: number): number => {
      const own = runs.filter((run) => run.arm === arm && run.labels === labels);
      return own.reduce((sum, run) => sum + 100 * run.accuracy, 0) / own.length;
    };
    for (const [n, labels] of [10, 20, 50, 100, 500].entries()) {
      for (const [m, arm] of ARMS.entries()) {
        expect(Number.parseFloat(rows[m + 2]?.[n + 1] ?? '')).to.be.closeTo(meanOf(arm, labels), 0.0501);
      }
      const gain = meanOf('classical+boomerang', labels) - meanOf('classical', labels);
      expect(Number.parseFloat(rows.at(-1)?.[n + 1]?.replace('−', '-') ?? '')).to.be.closeTo(gain, 0.0501);
    }
  });

  it('does not depend on the order of the runs, and counts a run that was done again once, as it was last', () => {
    const [first] = runs as [RunRecord];
    expect(summaryTable(runs.toReversed()).split('\n').toSorted()).to.deep.equal(
      summaryTable(runs).split('\n').toSorted(),
    );
    expect(summaryTable([{ ...first, accuracy: 0 }, ...runs])).to.equal(summaryTable(runs));
  });

  it('says where there is one seed, or none', () => {
    const table = summaryTable([...runsGaining([0.02]), ...syntheticRuns({ arms: ['none'], labels: [50], seeds: 1 })]);
    expect(table).to.include('75.0 (one seed)').and.to.include('| – |').and.to.include('one seed, no interval');
  });
});

describe('the classifier report', () => {
  it('stands alone: no script, and no address of anything else', async () => {
    const page = await reportHtml(syntheticStudy(), syntheticRuns());
    expect(page).to.not.match(/<script|<link rel="stylesheet|@import|url\(/i);
    const addresses = [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(addresses).to.not.be.empty;
    for (const address of addresses) expect(address).to.match(/^data:/);
  });

  it('escapes whatever a study says', async () => {
    const evil = '<img src=x onerror="alert(1)">&\'';
    const arms = { [evil]: { about: evil, strengths: [0.1] }, none: { about: evil, strengths: null } };
    const machine = { [evil]: evil };
    const settings = { [evil]: evil };
    const parts = [{ command: evil, arms: [evil], labels: [10], seeds: [1] }];
    const study = syntheticStudy({ digest: evil, parts, settings, machine, arms, picture: `"${evil}` });
    const runs = syntheticRuns({ arms: ['none', evil, ...PAIR], seeds: 2 }).map((run) => ({ ...run, study: evil }));
    const page = await reportHtml(study, runs);
    expect(page)
      .to.include('&lt;img src=x')
      .and.to.not.match(/<img src=x/);
  });

  const partial = {
    'no run': [],
    'one run': syntheticRuns({ arms: ['none'], labels: [20], seeds: 1 }),
    'no main arm': syntheticRuns({ arms: ['classical+boomerang:ramp'], seeds: 2 }),
    'one number of labels': syntheticRuns({ labels: [20] }),
    'an arm that is behind': syntheticRuns().filter(({ arm, seed }) => arm !== 'copies' || seed === 2),
    'seeds that differ': syntheticRuns().filter(({ arm, seed }) => (arm === 'none' ? seed < 3 : seed > 2)),
  };
  for (const [title, runs] of Object.entries(partial)) {
    it(`shows what there is of a study with ${title}, and says what is missing`, async () => {
      const page = await reportHtml(syntheticStudy({ strengths: [], picture: '' }), runs);
      expect(page).to.not.match(/NaN|undefined|Infinity|\[object/);
      expect(wordsOf(page))
        .to.include(`${250 - runs.length} of 250 planned runs are missing`)
        .and.to.include('Not measured in this study')
        .and.to.include('No picture was made');
      if (runs.length > 0) expect(summaryTable(runs)).to.not.match(/NaN|undefined|Infinity/);
    });
  }

  it('leaves out runs of other settings', async () => {
    const runs = syntheticRuns({ seeds: 2 });
    const others = syntheticRuns({ seeds: 5 }).map((run) => ({ ...run, study: 'another', accuracy: 0 }));
    expect(await reportHtml(syntheticStudy(), [...others, ...runs])).to.equal(await reportHtml(syntheticStudy(), runs));
  });

  it('names the arms that use all labels through the generator, where there are any', async () => {
    const all = wordsOf(await reportHtml(syntheticStudy(), syntheticRuns()));
    const main = wordsOf(await reportHtml(syntheticStudy(), syntheticRuns({ arms: PAIR, seeds: 2 })));
    expect(all).to.include('but in classical + Boomerang, conditional: there it is given the label');
    expect(main).to.include('The generator is given no label (the null label). A network');
  });

  it('says that it is no evidence where settings were being chosen', async () => {
    const chosen = wordsOf(await reportHtml(syntheticStudy({ settings: { on: 'validation' } }), syntheticRuns()));
    const tested = wordsOf(await reportHtml(syntheticStudy({ settings: { on: 'test' } }), syntheticRuns()));
    expect(chosen)
      .to.include('Not evidence')
      .and.to.include('Mean validation accuracy')
      .and.not.include('test accuracy');
    expect(tested).to.include('Mean test accuracy').and.not.include('Not evidence');
  });

  it('says first what was learned since, where that changes what follows from it', async () => {
    const corrected = await reportHtml(syntheticStudy({ correction: 'Gone beside more.' }), syntheticRuns());
    expect(wordsOf(corrected.slice(corrected.indexOf('</h1>')))).to.match(
      /^\s*Corrected\. Gone beside more\. At 20 labels/,
    );
    expect(wordsOf(await reportHtml(syntheticStudy(), syntheticRuns()))).to.not.include('Corrected');
  });

  it('is about the strong arm where the study has that and not the usual one, and says what the rival has', async () => {
    const names = ['none', 'strong', 'strong:soft', 'strong+boomerang:teacher', 'strong+pool'];
    const robustness = { noise: [0.5, 0.3], blur: [0.6, 0.6], contrast: [0.7, 0.7], pixelation: [0.8, 0.8] };
    const runs = syntheticRuns({ arms: names, labels: [20], seeds: 2 }).map((run) => {
      const lead = run.arm === 'strong+boomerang:teacher' ? 0.01 * run.seed : 0;
      return {
        ...run,
        trust: { calibrationError: 0.123 - lead, robustness: { ...robustness, noise: [0.5, 0.3 + lead] } },
      };
    });
    const parts = [{ command: 'again', arms: names, labels: [20], seeds: [1, 2] }];
    const arms = Object.fromEntries(names.map((arm) => [arm, { about: 'x', strengths: null }]));
    const words = wordsOf(await reportHtml(syntheticStudy({ parts, arms }), runs));
    expect(words)
      .to.match(/At 20 labels a class, “strong \+ Boomerang, teacher” was .* points (above|below) “strong”/)
      .and.include('strong + Boomerang, teacher over strong, soft')
      .and.include('“strong + pool” has a fifth of the training images besides')
      .and.include('strong 12.3 40.0 60.0 70.0 80.0')
      .and.match(
        /strong \+ Boomerang, teacher over strong −(\S+) \(.*? to .*?\) \+(\S+) \(.*? to .*?\) 0\.0 \(0\.0 to 0\.0\)/,
      )
      .and.include('“strong” was searched, not chosen')
      .and.not.include('“copies” draws as many')
      .and.not.include('Not complete');
    expect(summaryTable(runs)).to.include('gain of strong + Boomerang, teacher over strong');
    expect(wordsOf(await reportHtml(syntheticStudy(), syntheticRuns()))).to.not.include('Robustness');
  });

  it('is about rare classes where labels are uneven, and says so', async () => {
    const names = ['strong', 'strong:rare', 'strong+boomerang:rare'];
    const runs = syntheticRuns({ arms: names, labels: [20], seeds: 2 });
    const parts = [{ command: 'again', arms: names, labels: [20], seeds: [1, 2] }];
    const arms = Object.fromEntries(names.map((arm) => [arm, { about: 'x', strengths: null }]));
    const words = wordsOf(await reportHtml(syntheticStudy({ parts, arms, settings: { rare: 0.25 } }), runs));
    expect(words)
      .to.match(
        /At 20 labels a class, but 25 % of them in every second one, “strong \+ Boomerang, rare” was .* points (above|below) “strong, rare”/,
      )
      .and.include('Every second class has fewer labels.')
      .and.not.include('Not complete');
  });

  it('puts variants after their arm, and compares with controls', async () => {
    const runs = syntheticRuns({ arms: ['classical+boomerang:ramp', 'classical:soft', ...PAIR], seeds: 2 });
    const names = summaryTable(runs)
      .split('\n')
      .map((line) => line.split(' | ')[0]?.slice(2));
    expect(names.slice(2, 6)).to.deep.equal([
      'classical',
      'classical, soft',
      'classical + Boomerang',
      'classical + Boomerang, ramp',
    ]);
    const words = wordsOf(await reportHtml(syntheticStudy(), runs));
    expect(words).to.include('classical + Boomerang over classical, soft');
  });

  it('draws no two arms with the same dashes, or with the same shape', () => {
    const looks = looksOf(ARMS);
    expect(new Set(looks.map(({ dash }) => dash.join()))).to.have.property('size', ARMS.length);
    expect(new Set(looks.map(({ shape }) => shape))).to.have.property('size', ARMS.length);
  });

  it('is the same page for the same study', async () => {
    const page = () => reportHtml(syntheticStudy(), syntheticRuns({ seeds: 2 }));
    expect(await page()).to.equal(await page());
  });
});
