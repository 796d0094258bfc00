// video.js - a moving picture, with or without sound.

import { html, useEffect, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { IconButton } from '../shared/button.js';

/** `stream`: a MediaStream; `version` changes whenever a track was added to it. One's own picture is a mirror and has no sound. */
export function Video({ stream, version, isOwn = false, fit = 'cover', class: extra = '' }) {
  const self = useRef(null);
  useEffect(() => {
    if (self.current.srcObject !== stream) self.current.srcObject = stream;
    self.current.play().catch(() => {}); // it plays once somebody has clicked anywhere
  }, [stream, version]);
  return html`<video ref=${self} class=${`video ${fit} ${isOwn ? 'own' : ''} ${extra}`} autoplay playsinline muted=${isOwn}></video>`;
}

/** Sound alone. */
export function Sound({ stream, version }) {
  const self = useRef(null);
  useEffect(() => {
    self.current.srcObject = stream;
    self.current.play().catch(() => {});
  }, [stream, version]);
  return html`<audio ref=${self} autoplay></audio>`;
}

/** Shows the picture of a tile in a window of its own, over other programs. */
export function PictureButton({ tile }) {
  if (!document.pictureInPictureEnabled) return null;
  const toggle = () => {
    const video = tile.current?.querySelector('video');
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    else video?.requestPictureInPicture().catch(() => {});
  };
  return html`<${IconButton} icon="picture" label=${t('calls.picture')} onClick=${toggle} />`;
}
