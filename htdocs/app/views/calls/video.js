// video.js - a moving picture, with or without sound.

import { html, useEffect, useRef } from '../../html.js';
import { t } from '../../language/language.js';
import { preferences } from '../../models/preferences.js';
import { IconButton } from '../shared/button.js';

/** Plays there what the stream brings, from the speaker that was chosen. */
function usePlaying(self, stream, version) {
  const speaker = preferences.speaker.value;
  useEffect(() => {
    if (self.current.srcObject !== stream) self.current.srcObject = stream;
    self.current.play().catch(() => {}); // it plays once somebody has clicked anywhere
  }, [stream, version]);
  useEffect(() => {
    self.current.setSinkId?.(speaker ?? '').catch(() => {}); // one that is not there: the usual one
  }, [speaker]);
}

/** `stream`: a MediaStream; `version` changes whenever a track was added to it. What is one's own has no sound. */
export function Video({ stream, version = 0, isOwn = false, isMirror = false, fit = 'cover' }) {
  const self = useRef(null);
  usePlaying(self, stream, version);
  const kind = `video ${fit} ${isMirror ? 'mirror' : ''}`;
  return html`<video ref=${self} class=${kind} autoplay playsinline muted=${isOwn}></video>`;
}

/** Sound alone. */
export function Sound({ stream, version }) {
  const self = useRef(null);
  usePlaying(self, stream, version);
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
