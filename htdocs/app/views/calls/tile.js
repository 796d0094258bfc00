// tile.js - one participant: the picture or, without one, the mark; the name; whether it speaks, is muted, how good it
// comes.

import { html, useEffect, useMemo, useRef, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { followSpeaking } from '../../models/calls/speaking.js';
import { Avatar } from '../shared/avatar.js';
import { IconButton } from '../shared/button.js';
import { Icon } from '../shared/icon.js';
import { PictureButton, Sound, Video } from './video.js';

const ZOOMS = [1, 1.5, 2, 3];

function Caption({ name, isMuted, state, quality }) {
  return html`<p class="caption">
    ${isMuted && html`<${Icon} name="mic-off" /><span class="hidden">${t('calls.muted')}</span>`}
    <span class="name">${name}</span>
    ${state === 'new' && html`<span>${t('calls.connecting')}</span>`}
    ${state === 'reconnecting' && html`<span>${t('calls.reconnecting')}</span>`}
    ${quality && html`<span class=${`quality ${quality}`} title=${t(`calls.quality.${quality}`)}>
      <span class="hidden">${t(`calls.quality.${quality}`)}</span></span>`}
  </p>`;
}

/** A shared screen: whole, or larger than its frame, in which it then scrolls. */
function SharedScreen({ stream, version }) {
  const zoom = useSignal(1);
  const step = (by) => { zoom.value = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, ZOOMS.indexOf(zoom.value) + by))]; };
  return html`<div class="screen">
    <div class="screen-view" data-zoom=${zoom.value} tabindex="0" aria-label=${t('calls.screen-view')} role="region">
      <${Video} stream=${stream} version=${version} fit="contain" />
    </div>
    <div class="screen-tools">
      <${IconButton} icon="minus" label=${t('calls.zoom-out')} onClick=${() => step(-1)} />
      <${IconButton} icon="fit" label=${t('calls.zoom-fit')} onClick=${() => { zoom.value = 1; }} />
      <${IconButton} icon="add" label=${t('calls.zoom-in')} onClick=${() => step(1)} />
    </div>
  </div>`;
}

/** Somebody else: `id` for the mark's colour, `name`, `link` and what they say they send (`remote`). */
export function RemoteTile({ id, name, link, remote, isLarge }) {
  const tile = useRef(null);
  const speaking = useMemo(() => followSpeaking(link), [link]);
  useEffect(() => speaking.stop, [speaking]);
  const { audio, video, screen } = remote.value;
  const version = link.tracks.value;
  const hasPicture = screen || (video ?? link.hasPicture.value);
  const isSpeaking = speaking.isSpeaking.value && audio;
  return html`<li ref=${tile} class=${`tile ${isLarge ? 'large' : ''} ${isSpeaking ? 'speaking' : ''}`}>
    ${screen && hasPicture && html`<${SharedScreen} stream=${link.stream} version=${version} />`}
    ${!screen && hasPicture && html`<${Video} stream=${link.stream} version=${version} />`}
    ${!hasPicture && html`<${Avatar} id=${id} name=${name} /><${Sound} stream=${link.stream} version=${version} />`}
    ${hasPicture && html`<div class="tile-tools"><${PictureButton} tile=${tile} /></div>`}
    ${isSpeaking && html`<span class="hidden">${t('calls.speaking')}</span>`}
    <${Caption} name=${name} isMuted=${!audio} state=${link.state.value} quality=${link.quality.value} />
  </li>`;
}

/** Oneself. */
export function OwnTile({ id, name, media }) {
  const track = media.screen.value ?? media.camera.value;
  const stream = useMemo(() => (track ? new MediaStream([track]) : null), [track]);
  const isScreen = media.screen.value !== null;
  const isMuted = media.isMuted.value || !media.audio.value;
  return html`<li class="tile self">
    ${stream ? html`<${Video} stream=${stream} isOwn isMirror=${!isScreen} fit=${isScreen ? 'contain' : 'cover'} />`
      : html`<${Avatar} id=${id} name=${name} />`}
    <${Caption} name=${t('calls.you')} isMuted=${isMuted} state="connected" />
  </li>`;
}
