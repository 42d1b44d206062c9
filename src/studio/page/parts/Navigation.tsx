import type { ViewName } from '../address.ts';
import { VIEWS } from '../views.ts';

export type NavigationProps = {
  readonly current: ViewName;
  readonly addressOf: (view: ViewName) => string;
  readonly go: (view: ViewName) => void;
};

/** Links to all views: they can be opened in a tab of their own as well. */
export const Navigation = ({ current, addressOf, go }: NavigationProps) => (
  <nav aria-label="Views">
    <ol>
      {VIEWS.map(({ name, title }) => (
        <li key={name}>
          <a
            href={addressOf(name)}
            data-title={title}
            aria-current={name === current ? 'page' : undefined}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              go(name);
            }}
          >
            {title}
          </a>
        </li>
      ))}
    </ol>
  </nav>
);
