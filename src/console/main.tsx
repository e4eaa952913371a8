// First: it decides where the console begins.
import './state/place.js';
import { render } from 'preact';
import { App } from './app.js';
import { keepFocus } from './state/focus.js';
import { watchSignIn } from './state/sign-in.js';
import './styles/base.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/tables.css';
import './styles/pages.css';
import './styles/findings.css';
import './styles/person.css';
import './styles/dialogs.css';
import './styles/print.css';

const root = document.getElementById('console');
if (root !== null) render(<App />, root);
keepFocus();
watchSignIn();
