/** A rectangle in a picture, in pixels from its top left corner. */
export type Box = { readonly top: number; readonly left: number; readonly height: number; readonly width: number };
