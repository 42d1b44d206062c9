import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** Where somebody is in a view, kept in the address: names and values of its query. */
export type Place = {
  readonly place: Readonly<Record<string, string>>;
  /** Goes elsewhere in the same view; what is not named is forgotten. */
  readonly goTo: (place: Readonly<Record<string, string>>) => void;
};

export const PlaceContext = createContext<Place>({ place: {}, goTo: () => {} });

export const usePlace = (): Place => useContext(PlaceContext);
