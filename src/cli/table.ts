/** Rows of cells under headers, columns aligned at the right. Ends in a line end. */
export const formatTable = (headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = headers.map((header, n) => Math.max(header.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, n) => cell.padStart(widths[n] ?? 0)).join('  ');
  return `${[headers, ...rows].map(line).join('\n')}\n`;
};
