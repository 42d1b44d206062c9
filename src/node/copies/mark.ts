/** What of a picture was made by a model: all of it, some regions, or nothing. */
export type Changed = 'whole' | 'regions' | 'nothing';

/** @see IPTC NewsCodes, "Digital Source Type", http://cv.iptc.org/newscodes/digitalsourcetype/ */
const KINDS: Readonly<Record<Changed, string | undefined>> = {
  whole: 'trainedAlgorithmicMedia',
  regions: 'compositeWithTrainedAlgorithmicMedia',
  nothing: undefined,
};

/**
 * The mark of synthetic media: a packet of XMP that says where the picture comes from, and nothing else.
 *
 * @returns undefined for a picture that was left as it is.
 * @see IPTC Photo Metadata Standard, "Digital Source Type"; ISO 16684-1, XMP packets.
 */
export const markOf = (changed: Changed): string | undefined => {
  const kind = KINDS[changed];
  if (kind === undefined) return undefined;
  const source = `<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/${kind}</Iptc4xmpExt:DigitalSourceType>`;
  const name = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"';
  const described = `<rdf:Description rdf:about="" ${name}>${source}</rdf:Description>`;
  const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${described}</rdf:RDF>`;
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/">${rdf}</x:xmpmeta>`;
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>${packet}<?xpacket end="r"?>`;
};
