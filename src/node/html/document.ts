import { type Content, html } from './markup.ts';
import { STYLE } from './style.ts';

export type Page = {
  readonly title: string;
  readonly body: Content;
  /** CSS beside that of all pages. */
  readonly style?: string;
};

/** One file that needs no other: the policy forbids scripts and every request, so that nothing of it can creep in. */
export const pageMarkup = ({ title, body, style = '' }: Page): string =>
  tied(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${{ markup: STYLE + style }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.markup,
  );

/** Keeps numbers and their percent sign on one line. */
const tied = (text: string): string => text.replaceAll(/(\d) %/g, '$1\u00a0%');
