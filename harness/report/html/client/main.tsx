import { render } from 'preact';
import type { PageRun } from '../page-run';
import { App } from './app';

const data = document.getElementById('run')?.textContent;
const place = document.getElementById('app');
if (data != null && place !== null) render(<App run={JSON.parse(data) as PageRun} />, place);
