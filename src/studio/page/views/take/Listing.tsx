import { useEffect, useId, useState } from 'preact/hooks';
import { saveText } from './save.ts';

export type ListingProps = {
  readonly title: string;
  readonly lead: string;
  /** Of its file. */
  readonly name: string;
  /** None while it is being made. */
  readonly text: string | undefined;
  /** What it cannot say. */
  readonly notes?: readonly string[];
};

/** A text to copy or to keep. */
export const Listing = ({ title, lead, name, text, notes = [] }: ListingProps) => {
  const id = useId();
  const [said, setSaid] = useState('');
  // What was said of another text is over.
  useEffect(() => setSaid(''), [text]);
  const copy = (): void => {
    navigator.clipboard.writeText(text ?? '').then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not let this page copy: select the text instead'),
    );
  };
  return (
    <section class="panel listing" aria-labelledby={id}>
      <div class="listing-head">
        <h2 id={id}>{title}</h2>
        <p class="small" role="status">
          {said}
        </p>
        <button type="button" disabled={text === undefined} onClick={copy} aria-label={`Copy: ${title}`}>
          Copy
        </button>
        <button type="button" disabled={text === undefined} onClick={() => saveText(name, text ?? '')}>
          Save {name}
        </button>
      </div>
      <p class="small">{lead}</p>
      {notes.map((note) => (
        <p class="small note" key={note}>
          {note}
        </p>
      ))}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <pre tabIndex={0}>
        <code>{text ?? ''}</code>
      </pre>
    </section>
  );
};
