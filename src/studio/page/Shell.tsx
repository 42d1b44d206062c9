import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { About } from '../api.ts';
import { writeAddress } from './address.ts';
import { Gone } from './parts/Gone.tsx';
import { MeasuredBefore } from './parts/MeasuredBefore.tsx';
import { Navigation } from './parts/Navigation.tsx';
import { Picked } from './parts/Picked.tsx';
import { PlaceContext } from './place.ts';
import { useAddress } from './useAddress.ts';
import { VIEWS } from './views.ts';

/** The frame of all views: names, navigation, what is picked, and the view that the address names. */
export const Shell = ({ about }: { readonly about: About }) => {
  const { address, choose, go } = useAddress(about.session, about.isStatic);
  const { choice, view: name, place, fault } = address;
  const listed = VIEWS.find((each) => each.name === name) ?? VIEWS[0];
  const heading = useHeading(listed?.title ?? '');
  const studio = useMemo(() => ({ about, choice, choose }), [about, choice, choose]);
  const places = useMemo(
    () => ({ place, goTo: (next: Readonly<Record<string, string>>) => go({ place: next }) }),
    [place, go],
  );
  if (!listed) return null;
  const View = listed.view;
  return (
    <PlaceContext.Provider value={places}>
      <a class="skip" href="#view">
        Skip to the view
      </a>
      <header>
        <p class="names">
          <strong>Boomerang studio</strong>
          <span class="with">
            {about.data.name}, with {about.model.name}
          </span>
        </p>
        <Navigation
          current={name}
          addressOf={(view) => writeAddress({ view, choice, place: {} }, { isStatic: about.isStatic })}
          go={(view) => go({ view })}
        />
      </header>
      {about.measured && <MeasuredBefore studio={studio} />}
      <Picked studio={studio} />
      <main id="view" class={`view ${name}`}>
        <h1 ref={heading} tabIndex={-1}>
          {listed.title}
        </h1>
        <p class="lead">{listed.lead}</p>
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <View key={name} studio={studio} />
      </main>
      <Gone command={about.command} />
    </PlaceContext.Provider>
  );
};

/** Names the page by its view, and moves the focus to its heading when another is shown, for those who cannot see that. */
const useHeading = (title: string) => {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(title);
  useEffect(() => {
    document.title = `${title} · Boomerang studio`;
    if (shown.current !== title) heading.current?.focus({ preventScroll: true });
    if (shown.current !== title) scrollTo(0, 0);
    shown.current = title;
  }, [title]);
  return heading;
};
