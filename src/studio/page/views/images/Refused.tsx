import type { About } from '../../../api.ts';

/** What of the data set could not be taken, by name, and why. */
export const Refused = ({ refused }: { readonly refused: About['data']['refused'] }) =>
  refused.length === 0 ? null : (
    <details class="refused">
      <summary>
        {refused.length === 1 ? 'One file was left out' : `${refused.length.toLocaleString('en')} files were left out`}
      </summary>
      <ul>
        {refused.map(({ name, reason }) => (
          <li key={name}>
            <code>{name}</code> <span>{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
