import { render } from 'preact';
import { Opening } from './Opening.tsx';

const root = document.getElementById('studio');
if (root) render(<Opening />, root);
