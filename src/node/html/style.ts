/** The style of the page: one column, the reader's own fonts, black on white, fit for print. */
export const STYLE = `
:root { color-scheme: light; --ink: #1c1c1c; --soft: #555; --line: #d9d9d9; }
* { box-sizing: border-box; }
body {
  margin: 0; color: var(--ink); background: #fff;
  font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; text-size-adjust: 100%;
}
main { max-width: 760px; margin: 0 auto; padding: 32px 20px 80px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3.2rem 0 0.8rem; padding-top: 0.8rem; border-top: 2px solid var(--ink); }
p, ul { margin: 0 0 0.9rem; }
.lead { font-size: 1.25rem; line-height: 1.45; }
.note, figcaption, .caption { color: var(--soft); font-size: 0.88rem; line-height: 1.45; }
.warning { border: 1px solid var(--ink); border-left-width: 6px; padding: 0.6rem 0.9rem; }
figure { margin: 1.2rem 0 1.8rem; }
figure .scroll { margin: 0; }
figcaption { margin-top: 0.5rem; }
.chart svg { display: block; width: 100%; height: auto; }
.chart text { font-variant-numeric: tabular-nums; }
.narrow { display: none; }
.key { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0 0 0.6rem; padding: 0; font-size: 0.88rem; }
.key li { display: flex; align-items: center; gap: 7px; }
.key svg { flex: none; }
img { display: block; width: 100%; min-width: 600px; height: auto; border: 1px solid var(--line); }
img.small { min-width: 0; image-rendering: pixelated; }
.scroll { overflow-x: auto; margin: 0 0 1.4rem; }
.scroll:focus-visible { outline: 2px solid #0067a5; outline-offset: 3px; }
table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
.caption { margin: 1.4rem 0 0.3rem; }
th, td { padding: 0.35rem 1rem 0.35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 1.5px solid var(--ink); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 5.5rem; position: sticky; left: 0; background: #fff; }
td { white-space: nowrap; }
td p { white-space: normal; min-width: 11rem; margin: 0; }
td small { color: var(--soft); font-size: 0.8rem; }
td b { font-weight: 600; }
code, pre { font: 0.85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
td code { white-space: normal; overflow-wrap: anywhere; }
pre { background: #f5f5f5; padding: 0.8rem 1rem; margin: 0 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
li { margin: 0 0 0.4rem; }
@media (max-width: 600px) {
  main { padding: 20px 16px 60px; }
  body { font-size: 16px; }
  .lead { font-size: 1.15rem; }
  .wide { display: none; }
  .narrow { display: block; }
  th, td { padding-right: 0.9rem; }
}
@media print {
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .wide { display: block; }
  .narrow { display: none; }
  figure, tr, .lead { break-inside: avoid; }
  h2 { break-after: avoid; }
  tbody th { position: static; }
  .scroll { overflow: visible; }
}
`;
