import { expect } from 'chai';
import { ArgumentError } from '../../src/errors.ts';
import { checkPrompt, type Prompt, promptFor } from '../../src/text/prompt.ts';

const classes = ['cat', 'dog'];
const labelled = { hasLabels: true, classes };
const point = { element: undefined, label: undefined };

describe('a prompt', () => {
  it('is a text as it stands, the empty one too, with or without labels', () => {
    for (const text of ['', 'a photo of a cat', '{json: [1, 2]}', 'a {', '{}', '}class{']) {
      checkPrompt(text, { hasLabels: false });
      expect(promptFor(text, point)).to.equal(text);
    }
  });

  it('names the class of an image, wherever it says so', () => {
    const prompt = 'a {class}, surely a {class}';
    checkPrompt(prompt, labelled);
    expect(promptFor(prompt, { ...point, label: 1, classes })).to.equal('a dog, surely a dog');
    expect(promptFor('{class}', { ...point, label: 0, classes: ['$& {class}'] })).to.equal('$& {class}');
  });

  it('is what a function makes of element and label, braces and all', () => {
    const prompt: Prompt = (element, label) => `{klass} ${(element as { name: string }).name} ${label}`;
    checkPrompt(prompt, { hasLabels: false });
    expect(promptFor(prompt, { element: { name: 'x' }, label: 3 })).to.equal('{klass} x 3');
  });

  for (const [title, prompt, setting, message] of [
    ['a number', 5, labelled, /^prompt must be a text, or a function .*, got 5$/],
    ['nothing', undefined, labelled, /^prompt must be a text, .*, got undefined$/],
    ['a list', ['a'], { ...labelled, name: 'negativePrompt' }, /^negativePrompt must be a text/],
    ['a misspelt placeholder', 'a {klass}', labelled, /placeholder \{klass\}; did you mean "class"\?; write \{class\}/],
    ['one in capitals', 'a {Class}', labelled, /placeholder \{Class\}; did you mean "class"\?/],
    ['one with spaces', 'a {class} { class }', labelled, /placeholder \{ class \}; did you mean "class"\?/],
    [
      'one that is nothing like it',
      'a {weather}',
      labelled,
      /placeholder \{weather\}; write \{class\}, or give a function/,
    ],
    [
      'a class without labels',
      'a {class}',
      { hasLabels: false, classes },
      /"a \{class\}" needs the label .* give labels/,
    ],
    [
      'a class without names',
      'a {class}',
      { hasLabels: true },
      /needs the names of the classes.* give them as classes/,
    ],
  ] as const) {
    it(`is refused at the door: ${title}`, () => {
      expect(() => checkPrompt(prompt, setting))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-prompt');
    });
  }

  it('is refused where a function gives no text', () => {
    const prompt = (() => undefined) as unknown as Prompt;
    for (const [label, message] of [
      [undefined, /must return a text, got undefined for an element without a label/],
      [3, /got undefined for label 3/],
    ] as const) {
      expect(() => promptFor(prompt, { ...point, label }))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-prompt');
    }
  });

  for (const [label, message] of [
    [undefined, /an image has no label, which the prompt "a \{class\}" needs/],
    [2, /label 2 has no name, .*; names are known for 2 classes, from 0/],
    [-1, /label -1 has no name/],
    [0.5, /label 0\.5 has no name/],
  ] as const) {
    it(`names a class only of a label that has a name, not of ${label}`, () => {
      const of = { ...point, label, classes };
      expect(() => promptFor('a {class}', of))
        .to.throw(ArgumentError, message)
        .with.property('code', 'bad-label');
    });
  }
});
