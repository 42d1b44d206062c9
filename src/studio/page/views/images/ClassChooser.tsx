import type { About } from '../../../api.ts';
import { SelectField } from '../../parts/Field.tsx';
import { className } from '../../parts/Thumbnail.tsx';

export type ClassChooserProps = {
  readonly about: About;
  /** None stands for all. */
  readonly chosen: number | undefined;
  readonly onChoose: (label: string | undefined) => void;
};

/** More classes than these are listed in a box that opens. */
const MOST_BUTTONS = 30;

export const ClassChooser = ({ about, chosen, onChoose }: ClassChooserProps) => {
  const { data } = about;
  const all = { value: '', text: `All ${data.classes.length} classes`, count: data.count };
  const classes = data.classes.map(({ label, count }) => ({
    value: String(label),
    text: className(about, label),
    count,
  }));
  const choose = (value: string): void => onChoose(value === '' ? undefined : value);
  if (classes.length > MOST_BUTTONS) {
    const options = [all, ...classes].map(({ value, text, count }) => ({ value, text: `${text} (${count})` }));
    return <SelectField label="Class" value={String(chosen ?? '')} options={options} onChange={choose} />;
  }
  return (
    <fieldset class="chips">
      <legend class="unseen">Class</legend>
      {[all, ...classes].map(({ value, text, count }) => (
        <button key={value} type="button" aria-pressed={value === String(chosen ?? '')} onClick={() => choose(value)}>
          {text} <small>{count.toLocaleString('en')}</small>
        </button>
      ))}
    </fieldset>
  );
};
