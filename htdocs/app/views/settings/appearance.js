// appearance.js - how the pages look in this browser, and in which language. Each choice holds at once.

import { html, useId } from '../../html.js';
import { languages, t } from '../../language/language.js';
import { preferences } from '../../models/preferences.js';
import { Check } from '../shared/form.js';

function Choice({ name, values }) {
  const group = useId();
  return html`<fieldset class="settings-choice"><legend>${t(`settings.appearance.${name}`)}</legend>
    ${values.map((value) => html`<label key=${value}><input type="radio" name=${group} value=${value}
      checked=${preferences[name].value === value} onChange=${() => { preferences[name].value = value; }} />
      <span>${t(`settings.appearance.${name}-${value}`)}</span></label>`)}
  </fieldset>`;
}

function Language() {
  const id = useId();
  const choose = (event) => { preferences.language.value = event.currentTarget.value || null; };
  return html`<div class="field"><label for=${id}>${t('settings.appearance.language')}</label>
    <select id=${id} value=${preferences.language.value ?? ''} onChange=${choose}>
      <option value="">${t('settings.appearance.language-browser')}</option>
      ${Object.entries(languages).map(([code, name]) => html`<option key=${code} value=${code} lang=${code}>${name}</option>`)}
    </select></div>`;
}

export function Appearance() {
  const setContrast = (event) => { preferences.contrast.value = event.currentTarget.checked ? 'high' : 'system'; };
  const setGifs = (event) => { preferences.showGifs.value = event.currentTarget.checked; };
  return html`<${Choice} name="theme" values=${['system', 'light', 'dark']} />
    <${Check} name="contrast" label=${t('settings.appearance.contrast')} hint=${t('settings.appearance.contrast-hint')}
      checked=${preferences.contrast.value === 'high'} onChange=${setContrast} />
    <${Choice} name="density" values=${['comfortable', 'compact']} />
    <${Language} />
    <${Check} name="gifs" label=${t('settings.appearance.gifs')} hint=${t('settings.appearance.gifs-hint')}
      checked=${preferences.showGifs.value} onChange=${setGifs} />`;
}
